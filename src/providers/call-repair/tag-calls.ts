import type { WrittenCall } from './call-forms.ts';
import { jsonObjectText } from './json-calls.ts';

/** `<function=name>` with `<parameter=name>text</parameter>` in it, or with one object of JSON; once or more. */
export function functionTags(text: string): readonly WrittenCall[] | undefined {
  const calls: WrittenCall[] = [];
  for (const piece of text.split('<function=').slice(1)) {
    const name = upTo(piece, '>');
    const end = piece.lastIndexOf('</function>');
    if (name === undefined || end === -1) return undefined;
    const body = piece.slice(name.length + 1, end);
    const json = jsonObjectText(body);
    calls.push({ name: name.trim(), input: json === undefined ? { texts: parametersOf(body) } : { json } });
  }
  return calls.length > 0 ? calls : undefined;
}

function parametersOf(body: string): [name: string, text: string][] {
  return body
    .split('<parameter=')
    .slice(1)
    .flatMap((piece): [string, string][] => {
      const name = upTo(piece, '>');
      if (name === undefined) return [];
      const value = piece.slice(name.length + 1);
      return [[name.trim(), withoutFrame(upTo(value, '</parameter>') ?? value)]];
    });
}

/** The name on a line, then pairs of `<arg_key>` and `<arg_value>`. */
export function glmCall(text: string, closed: boolean): readonly WrittenCall[] | undefined {
  const [head = '', ...pieces] = text.split('<arg_key>');
  const name = head.trim();
  if (!closed || name === '' || /\s/.test(name)) return undefined;
  const texts = pieces.flatMap((piece): [string, string][] => {
    const key = upTo(piece, '</arg_key>');
    const value = piece.split('<arg_value>')[1];
    return key === undefined || value === undefined
      ? []
      : [[key.trim(), withoutFrame(upTo(value, '</arg_value>') ?? value)]];
  });
  return [{ name, input: { texts } }];
}

function upTo(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark);
  return at === -1 ? undefined : text.slice(0, at);
}

/** One line break before and behind belongs to the tags. */
function withoutFrame(text: string): string {
  return text.replace(/^\r?\n/, '').replace(/\r?\n$/, '');
}
