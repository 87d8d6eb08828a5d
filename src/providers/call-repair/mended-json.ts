import { jsonrepair } from 'jsonrepair';
import { isRecord } from '../../messages/json.ts';

const largestMended = 1024 * 1024;

/**
 * The JSON of an object that a model has written in another way: with single quotes, without quotes, with Python's words,
 * in a fence. Undefined where it is not closed, since nobody knows what was to follow, and where it is no object.
 */
export function mendedObject(text: string): string | undefined {
  if (text.length > largestMended || !/\}[\s`"');]*$/.test(text.slice(-40))) return undefined;
  let mended: string;
  try {
    mended = jsonrepair(text);
  } catch {
    // It tells by an error that it cannot; and a text of brackets only exhausts its stack.
    return undefined;
  }
  return isRecord(parsedOrNothing(mended)?.value) ? mended : undefined;
}

export function parsedOrNothing(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
