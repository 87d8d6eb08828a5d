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
  const readings = typeof value === 'string' ? readingsOf(value, types) : plainReadings(text, value, types);
  const meant = readings.filter((reading) => isListed(place, JSON.parse(reading)));
  if (meant.length === 1) return meant[0];
  return meant.length === 0 && types.has('array') ? wrapped(text, value, place) : undefined;
}

/** What a text may stand for: models write numbers, switches and whole objects as texts. */
function readingsOf(text: string, types: ReadonlySet<JsonType>): string[] {
  const trimmed = text.trim();
  const readings: string[] = [];
  if (types.has('boolean') && /^(?:true|false)$/i.test(trimmed)) readings.push(trimmed.toLowerCase());
  if (types.has('null') && /^(?:null|none)$/i.test(trimmed)) readings.push('null');
  const parsed = parsedOrNothing(trimmed);
  if (parsed === undefined) return readings;
  const type = typeOfValue(parsed.value);
  if (type !== 'string' && type !== 'boolean' && type !== 'null' && types.has(type)) readings.push(trimmed);
  return readings;
}

function plainReadings(text: string, value: unknown, types: ReadonlySet<JsonType>): string[] {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return isPlain && types.has('string') ? [JSON.stringify(text)] : [];
}

/** One item where a list is wanted. A text with a comma may be a list already, of a kind that nobody can take apart. */
function wrapped(text: string, value: unknown, place: SchemaPlace): string | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  if (typeof value === 'string' && (value === '' || /[,;\n[{]/.test(value))) return undefined;
  const item = itemOf(place);
  return acceptedTypes(item)?.has(typeOfValue(value)) === true && isListed(item, value) ? `[${text}]` : undefined;
}
