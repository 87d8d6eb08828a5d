import { isRecord } from './json.ts';

export type ToolInput = Readonly<Record<string, unknown>>;

/** A tool call's arguments as the model wrote them: the object they are, or undefined. */
export function readToolInput(text: string): ToolInput | undefined {
  const value = parseOrUndefined(text);
  return isRecord(value) ? value : undefined;
}

/**
 * The same, with the faults repaired that leave no doubt about what was meant: no arguments at all, text after the
 * closing brace, a trailing comma, a string that holds the JSON. Undefined rather than a guess for everything else.
 */
export function repairToolInput(text: string): ToolInput | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'null') return {};
  const value = parseOrUndefined(trimmed);
  if (isRecord(value)) return value;
  if (typeof value === 'string') return value.trim().startsWith('{') ? repairToolInput(value) : undefined;
  if (value !== undefined) return undefined;
  const object = firstObject(trimmed);
  return object === undefined ? undefined : readToolInput(object);
}

/** The text from the opening brace at its head to the brace that closes it, without commas that nothing follows. */
function firstObject(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  let object = '';
  let copied = 0;
  let depth = 0;
  let comma: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      if (at === -1) return undefined;
    }
    if (character === '}' || character === ']') {
      if (comma !== undefined) {
        object += text.slice(copied, comma);
        copied = comma + 1;
      }
      depth -= 1;
      if (depth === 0) {
        const end = at + 1;
        const rest = text.slice(end).trim();
        // A second, different object: which of the two was meant nobody knows.
        if (rest.startsWith('{') && rest !== text.slice(0, end)) return undefined;
        return object + text.slice(copied, end);
      }
    }
    if (character === '{' || character === '[') depth += 1;
    if (character === ',') comma = at;
    else if (character !== undefined && character.trim() !== '') comma = undefined;
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return -1;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
