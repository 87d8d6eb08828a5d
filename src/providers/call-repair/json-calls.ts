import { isRecord } from '../../messages/json.ts';
import type { WrittenCall } from './call-forms.ts';
import { mendedObject, parsedOrNothing } from './mended-json.ts';

/**
 * Calls written as JSON: an object with a name and arguments, a list of such objects, or several one behind another.
 * `closed`: what is broken may be mended, because it was all that was to come.
 */
export function jsonCalls(text: string, closed: boolean): readonly WrittenCall[] | undefined {
  const whole = parsedOrNothing(text.trim())?.value;
  const values = whole !== undefined ? (Array.isArray(whole) ? whole : [whole]) : severalIn(text, closed);
  if (values === undefined) return undefined;
  const calls = values.map(callIn);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

function severalIn(text: string, closed: boolean): unknown[] | undefined {
  const values: unknown[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const json = objectAtStart(rest);
    if (json === undefined) break;
    values.push(parsedOrNothing(json.text)?.value);
    rest = rest.slice(json.end).replace(/^[\s;,]+/, '');
  }
  if (rest === '' && values.every((value) => value !== undefined)) return values;
  const mended = closed ? mendedObject(text) : undefined;
  return mended === undefined ? undefined : [parsedOrNothing(mended)?.value];
}

const argumentNames = ['arguments', 'parameters', 'input', 'args'] as const;

/** `{"name": …, "arguments": …}` under one of its names, or OpenAI's `{"type": "function", "function": {…}}`. */
function callIn(value: unknown): WrittenCall | undefined {
  if (!isRecord(value)) return undefined;
  if (isRecord(value.function)) return callIn(value.function);
  const name = value.name ?? value.function ?? value.tool_name ?? value.tool;
  if (typeof name !== 'string') return undefined;
  const given = argumentNames.map((field) => value[field]).find((found) => found !== undefined && found !== null) ?? {};
  if (typeof given === 'string') return { name, input: { json: given } };
  return isRecord(given) ? { name, input: { json: JSON.stringify(given) } } : undefined;
}

/** `name{…}` once or more, with Mistral's marks between name and arguments. */
export function namedObjects(text: string): readonly WrittenCall[] | undefined {
  const calls: WrittenCall[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [head, name] = /^([\p{L}\p{N}_.:-]{1,200})(?:\[CALL_ID\]\w{1,40})?(?:\[ARGS\])?\s*/u.exec(rest) ?? [];
    const json = head === undefined ? undefined : objectAtStart(rest.slice(head.length));
    if (head === undefined || name === undefined || json === undefined) return undefined;
    calls.push({ name, input: { json: json.text } });
    rest = rest.slice(head.length + json.end).trim();
  }
  return calls.length > 0 ? calls : undefined;
}

/** The text of the one object that a text is, with or without a fence; undefined where it is anything else. */
export function jsonObjectText(text: string): string | undefined {
  const bare = withoutFence(text);
  const json = objectAtStart(bare);
  return json !== undefined && bare.slice(json.end).trim() === '' ? json.text : undefined;
}

export function withoutFence(text: string): string {
  const inner = text.trim().replace(/^```(?:json|tool_call)?/, '');
  return (inner.endsWith('```') ? inner.slice(0, -3) : inner).trim();
}

/** The object that a text begins with, blanks apart, to the brace that closes it. */
function objectAtStart(text: string): { readonly text: string; readonly end: number } | undefined {
  const start = text.search(/\S/);
  if (text[start] !== '{') return undefined;
  let depth = 0;
  let inText = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inText) {
      if (character === '\\') at += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return { text: text.slice(start, at + 1), end: at + 1 };
    }
  }
  return undefined;
}
