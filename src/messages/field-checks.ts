import { ProxyError } from '../errors/proxy-error.ts';
import { isRecord } from './json.ts';

/** A place in the body, put into words only where something is wrong there. */
export type Path = string | readonly (string | number)[];

type Kind = keyof typeof kinds;
/** A field that the translators use: its name, what it must be, and whether it may be absent (or null). */
export type FieldCheck = readonly [name: string, kind: Kind, presence: 'required' | 'optional'];

const kinds = {
  string: { fits: (value: unknown) => typeof value === 'string', wanted: 'Input should be a valid string' },
  integer: { fits: (value: unknown) => Number.isSafeInteger(value), wanted: 'Input should be a valid integer' },
  number: { fits: (value: unknown) => Number.isFinite(value), wanted: 'Input should be a valid number' },
  boolean: { fits: (value: unknown) => typeof value === 'boolean', wanted: 'Input should be a valid boolean' },
  object: { fits: isRecord, wanted: 'Input should be an object' },
  array: { fits: Array.isArray, wanted: 'Input should be a valid array' },
  'string or array': {
    fits: (value: unknown) => typeof value === 'string' || Array.isArray(value),
    wanted: 'Input should be a valid string or array',
  },
} as const;

/** The Messages API's own way of saying what is wrong and where. Says nothing of the value itself. */
export function refuse(path: Path, wanted: string): never {
  throw new ProxyError('invalid-request', `${typeof path === 'string' ? path : path.join('.')}: ${wanted}`);
}

export function check(value: unknown, kind: Kind, path: Path): void {
  if (!kinds[kind].fits(value)) refuse(path, kinds[kind].wanted);
}

export interface WrongField {
  readonly name: string;
  readonly wanted: string;
}

/** The first field that is not as it must be. Most records are right, so no path is put together before one is not. */
export function wrongField(
  record: Readonly<Record<string, unknown>>,
  fields: readonly FieldCheck[],
): WrongField | undefined {
  for (const [name, kind, presence] of fields) {
    const value = record[name];
    if (value === undefined || value === null) {
      if (presence === 'required') return { name, wanted: value === null ? kinds[kind].wanted : 'Field required' };
    } else if (!kinds[kind].fits(value)) {
      return { name, wanted: kinds[kind].wanted };
    }
  }
  return undefined;
}

export function checkFields(
  record: Readonly<Record<string, unknown>>,
  fields: readonly FieldCheck[],
  path: readonly (string | number)[],
): void {
  const wrong = wrongField(record, fields);
  if (wrong !== undefined) refuse([...path, wrong.name], wrong.wanted);
}
