import { expect } from 'bun:test';
import fc from 'fast-check';
import { ProxyError } from '../../src/errors/proxy-error.ts';
import { markedRequest } from './marked-requests.ts';

const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, '', 0, [], {}, 'text', 'tool_result'));

/** Whatever a request holds, `build` makes JSON of it for each place, or refuses it as a mistake of the client. */
export function expectJsonOrRefusal<Place>(
  build: (request: object, place: Place) => string,
  places: readonly Place[],
  numRuns: number,
): void {
  const steps = fc.array(fc.nat(30), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(markedRequest, steps, anything, fc.constantFrom(...places), (request, steps, value, place) => {
      try {
        JSON.parse(build(damaged(request, steps, value), place));
      } catch (error) {
        expect(error).toBeInstanceOf(ProxyError);
        expect(error).toMatchObject({ kind: 'invalid-request' });
      }
    }),
    { numRuns },
  );
}

/** Puts `value` somewhere into a copy of `request`; `steps` lead there, each by its place among the keys. */
function damaged(request: object, steps: readonly number[], value: unknown): object {
  const copy: unknown = JSON.parse(JSON.stringify(request));
  let place: unknown = copy;
  for (const [depth, step] of steps.entries()) {
    if (typeof place !== 'object' || place === null) break;
    const keys = Object.keys(place);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined) break;
    const inner: unknown = Reflect.get(place, key);
    if (depth === steps.length - 1 || typeof inner !== 'object' || inner === null) {
      Reflect.set(place, key, value);
      break;
    }
    place = inner;
  }
  return Object(copy);
}
