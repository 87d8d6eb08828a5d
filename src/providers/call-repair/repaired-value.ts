import { parsedOrNothing } from './mended-json.ts';
import { acceptedTypes, isListed, itemOf, type JsonType, type SchemaPlace, typeOfValue } from './schema-place.ts';

/**
 * The JSON of a value of a type that its schema does not take, as the one that was meant; undefined where that is not
 * sure. `text` is JSON.
 */
export function repairedValue(text: string, place: SchemaPlace): string | undefined {
  const types = acceptedTypes(place);
  const value: unknown = JSON.parse(text);
  if (types === undefined || types.has(typeOfValue(value))) return undefined;
  const meant = typeof value === 'string' ? readingOf(value, types) : plainReading(text, value, types);
  if (meant !== undefined) return isListed(place, JSON.parse(meant)) ? meant : undefined;
  return types.has('array') ? wrapped(text, value, place) : undefined;
}

/** What a text stands for: models write numbers, switches and whole objects as texts. */
function readingOf(text: string, types: ReadonlySet<JsonType>): string | undefined {
  const trimmed = text.trim();
  if (types.has('boolean') && /^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase();
  if (types.has('null') && /^(?:null|none)$/i.test(trimmed)) return 'null';
  const parsed = parsedOrNothing(trimmed);
  if (parsed === undefined) return undefined;
  const type = typeOfValue(parsed.value);
  return type !== 'string' && types.has(type) ? trimmed : undefined;
}

function plainReading(text: string, value: unknown, types: ReadonlySet<JsonType>): string | undefined {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return isPlain && types.has('string') ? JSON.stringify(text) : undefined;
}

/** One item where a list is wanted. A text with a comma may be a list already, of a kind that nobody can take apart. */
function wrapped(text: string, value: unknown, place: SchemaPlace): string | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  if (typeof value === 'string' && (value === '' || /[,;\n[{]/.test(value))) return undefined;
  const item = itemOf(place);
  return acceptedTypes(item)?.has(typeOfValue(value)) === true && isListed(item, value) ? `[${text}]` : undefined;
}
