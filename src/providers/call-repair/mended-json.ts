import { jsonrepair } from 'jsonrepair';
import { isDeeper, isRecord } from '../../messages/json.ts';

const largestMended = 128 * 1024;
/** The library may read all that is left once more for each quote: quotes times letters, or a small text takes minutes. */
const mostWork = 4_000_000;
const maxDepth = 200;
const quotes = /["'`&\u00b4\u2018-\u201f]/g;

/**
 * The JSON of an object that a model has written in another way: with single quotes, without quotes, with Python's words,
 * in a fence. Undefined where it is not closed, since nobody knows what was to follow, where it is no object, and where it
 * would take too long to tell.
 */
export function mendedObject(text: string): string | undefined {
  if (text.length > largestMended || !/\}[\s`"');]*$/.test(text.slice(-40))) return undefined;
  if ((text.match(quotes)?.length ?? 0) * text.length > mostWork) return undefined;
  let mended: string;
  try {
    mended = jsonrepair(text);
  } catch {
    // It tells by an error that it cannot; and a text of brackets only exhausts its stack.
    return undefined;
  }
  return isRecord(parsedOrNothing(mended)?.value) ? mended : undefined;
}

/** What is nested too deep for whoever walks it counts as no JSON. */
export function parsedOrNothing(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, maxDepth) ? undefined : { value };
  } catch {
    return undefined;
  }
}
