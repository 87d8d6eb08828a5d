import { isRecord } from '../json.ts';
import type { Part } from './gemini-request.ts';

type StreamedPart = Readonly<Record<string, unknown>>;

/** A call as Vertex AI streams it: its name, then its arguments piece by piece under their JSON paths, then an empty end. */
export function pieceCall(part: Part): readonly StreamedPart[] {
  const { functionCall: call, ...beside } = part;
  const head = { ...beside, functionCall: { name: call?.name, willContinue: true } };
  const pieces = pathsOf(call?.args ?? {}, '$').map((partialArg) => ({
    functionCall: { partialArgs: [partialArg], willContinue: true },
  }));
  return [head, ...pieces, { functionCall: {} }];
}

function pathsOf(value: unknown, jsonPath: string): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => pathsOf(item, `${jsonPath}[${index}]`));
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, item]) => pathsOf(item, jsonPath + memberOf(key)));
  }
  if (typeof value === 'number') return [{ jsonPath, numberValue: value }];
  if (typeof value === 'boolean') return [{ jsonPath, boolValue: value }];
  if (typeof value !== 'string') return [{ jsonPath, nullValue: 'NULL_VALUE' }];
  // By code point: half a surrogate pair cannot be encoded.
  const points = Array.from(value);
  const middle = Math.ceil(points.length / 2);
  const first = { jsonPath, stringValue: points.slice(0, middle).join(''), willContinue: true };
  return [first, { jsonPath, stringValue: points.slice(middle).join('') }];
}

function memberOf(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `['${key.replace(/['\\]/g, '\\$&')}']`;
}
