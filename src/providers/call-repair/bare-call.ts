import type { WrittenCall } from './call-forms.ts';
import { jsonCalls, withoutFence } from './json-calls.ts';
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
 * `yes`: it names a tool, and is read when it is whole. Told as early as can be, since the text is held back meanwhile.
 */
export function mayBeBareCall(text: string, offered: OfferedCalls): 'yes' | 'perhaps' | 'no' {
  // Blanks without an end would be gone through again and again.
  const begun = opening.exec(text.slice(0, longestOpening))?.[0];
  if (begun === undefined) {
    const isBeginning = text.length < longestOpening && /^\s*(?:`{0,3}|```[a-z_]{0,9}\s*)\[?\s*$/.test(text);
    return isBeginning ? 'perhaps' : 'no';
  }
  const rest = text.slice(begun.length);
  const [, name, value] = /^"([^"]*)"(?:\s*:\s*"([^"]*)")?/.exec(rest) ?? [];
  if (name === undefined) return /^(?:"[a-z_]{0,12})?$/.test(rest) ? 'perhaps' : 'no';
  if (!firstNames.has(name)) return 'no';
  if (name === 'parameters' || name === 'arguments') return 'yes';
  if (value === undefined) return rest.length < longestOpening ? 'perhaps' : 'no';
  if (name === 'type') return value === 'function' ? 'yes' : 'no';
  return offered.alike(value) === undefined ? 'no' : 'yes';
}

export function bareCalls(text: string): readonly WrittenCall[] | undefined {
  return jsonCalls(withoutFence(text), false);
}
