/** Puts `value` somewhere into a copy of `request`; `steps` lead there, each by its place among the keys. */
export function damaged(request: object, steps: readonly number[], value: unknown): object {
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
