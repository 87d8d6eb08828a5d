/** Whether a value that came as JSON is an object: neither an array nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether a value that came as JSON is nested deeper than so many levels. JSON.parse reads any depth; whoever walks a
 * value, JSON.stringify among them, has only a stack.
 */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  if (isRecord(value)) for (const key in value) if (isDeeper(value[key], levels - 1)) return true;
  return false;
}
