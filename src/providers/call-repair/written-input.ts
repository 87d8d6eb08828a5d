import type { WrittenCall } from './call-forms.ts';
import { parsedOrNothing } from './mended-json.ts';
import { acceptedTypes, memberOf, type SchemaPlace, typeOfValue } from './schema-place.ts';

/** The arguments of a call that was written as text, as JSON. Each text becomes what its place in the schema takes. */
export function writtenInput(input: WrittenCall['input'], place: SchemaPlace): string {
  if ('json' in input) return input.json.trim() === '' ? '{}' : input.json;
  const members = input.texts.map(([name, text]) => `${JSON.stringify(name)}:${jsonOf(text, memberOf(place, name))}`);
  return `{${members.join(',')}}`;
}

function jsonOf(text: string, place: SchemaPlace): string {
  const types = acceptedTypes(place);
  const parsed = types === undefined || types.has('string') ? undefined : parsedOrNothing(text);
  return parsed !== undefined && typeOfValue(parsed.value) !== 'string' ? text.trim() : JSON.stringify(text);
}
