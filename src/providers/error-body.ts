/** The body of a failed answer, as far as those of all vendors are alike. */
export type ErrorBody =
  | { readonly format: 'json'; readonly value: unknown }
  | { readonly format: 'html' | 'text' | 'empty'; readonly message: string | undefined };

/** Far more than is shown; what is searched by patterns must have an end. */
export const longestErrorText = 16_000;

/** Reads the body of an answer that is no success: JSON, one event that holds JSON, a web page (its title), or text. */
export function openErrorBody(body: string): ErrorBody {
  const text = body.trim();
  if (text === '') return { format: 'empty', message: undefined };
  const value = parseErrorJson(text) ?? parseErrorJson(eventData(text));
  if (value !== undefined) return { format: 'json', value };
  if (/^<|<html|<!doctype/i.test(text.slice(0, 1_000))) return { format: 'html', message: htmlTitle(text) };
  return { format: 'text', message: text.slice(0, longestErrorText) };
}

/** A text that may be JSON; undefined where it is none. */
export function parseErrorJson(text: string): unknown {
  if (!/^[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An HTTP status of a failure that is told inside a body, as a number or as text. */
export function errorStatus(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 400 && number < 600 ? number : undefined;
}

/** Asked for a stream, a server may answer a refusal as one event. */
function eventData(text: string): string {
  if (!/^(data|event):/.test(text)) return '';
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice(5).trim()).join('\n');
}

function htmlTitle(text: string): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? /<h1[^>]*>([^<]*)/i.exec(text)?.[1];
  const words = title?.replace(/\s+/g, ' ').trim();
  return words === '' ? undefined : words?.slice(0, 200);
}
