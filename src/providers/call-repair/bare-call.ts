import type { WrittenCall } from './call-forms.ts';
import { jsonCalls } from './json-calls.ts';
import type { OfferedCalls } from './offered-calls.ts';

const opening = /^\s*(?:```(?:json|tool_call)?\s*)?\[?\s*\{\s*/;
const longestOpening = 200;
const firstNames: ReadonlySet<string> = new Set([
  'name',
  'type',
  'function',
  'tool',
  'tool_name',
  'parameters',
  'arguments',
]);

/**
 * Whether a text may be nothing but a call in JSON, as Llama and small models write one: `{"name": …, "parameters": …}`.
 * Told as early as can be, since the text is held back meanwhile.
 */
export function mayBeBareCall(text: string, offered: OfferedCalls): boolean {
  const begun = opening.exec(text)?.[0];
  if (begun === undefined) return /^\s*(?:`{0,3}|```[a-z_]{0,9}\s*)\[?\s*$/.test(text) && text.length < longestOpening;
  const rest = text.slice(begun.length);
  if (rest === '') return true;
  const [, name, value] = /^"([^"]*)"(?:\s*:\s*"([^"]*)")?/.exec(rest) ?? [];
  if (name === undefined) return /^"[a-z_]{0,12}$/.test(rest);
  if (!firstNames.has(name)) return false;
  if (value === undefined) return true;
  if (name === 'type') return value === 'function';
  return name === 'parameters' || name === 'arguments' || offered.alike(value) !== undefined;
}

export function bareCalls(text: string): readonly WrittenCall[] | undefined {
  return jsonCalls(text.trim().replace(/^```(?:json|tool_call)?\s*|\s*```$/g, ''), false);
}
