import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';

// `$ref` and `allOf` say that other schemas hold as well. Here they are laid side by side, so that nothing above has to
// know of either. Everything is bounded: schemas come from anyone's tools, and may hold themselves.

/** The references that led to a place, the last one first. */
export interface Trail {
  readonly target: JsonSchema;
  /** How deep in the schema it was followed. */
  readonly depth: number;
  readonly before: Trail | undefined;
}

/** A reference to a schema that is being written around this very place. */
export interface Recursion {
  readonly target: JsonSchema;
  readonly reference: string;
  /** Where the trail has come through it, the last time first. */
  readonly entries: readonly Trail[];
}

export interface Conjunction {
  /** Schemas that all hold here, none of which refers to others: their `$ref` and `allOf` have been followed. */
  readonly parts: readonly JsonSchema[];
  readonly trail: Trail | undefined;
  readonly recursions: readonly Recursion[];
  /** References that lead nowhere in this schema, or too far. */
  readonly unresolved: readonly string[];
  /** One of the schemas is `false`: no value is valid. */
  readonly impossible: boolean;
}

const none: readonly never[] = [];
/** How many schemas may hold for one value; what is beyond is left out. */
const mostParts = 200;

/**
 * Everything that holds where the schemas `raw` hold. `mayRecur` decides what becomes of a reference to a schema that the
 * trail has come through: true follows it once more.
 */
export function conjunctionOf(
  raw: readonly unknown[],
  root: unknown,
  place: { readonly trail: Trail | undefined; readonly depth: number },
  mayRecur: (entries: readonly Trail[]) => boolean,
): Conjunction {
  const [only] = raw;
  if (raw.length === 1 && isRecord(only) && isPlain(only)) {
    return { parts: [only], trail: place.trail, recursions: none, unresolved: none, impossible: false };
  }
  const parts: JsonSchema[] = [];
  const recursions: Recursion[] = [];
  const unresolved: string[] = [];
  const seen = new Set<unknown>();
  let { trail } = place;
  let impossible = false;
  // The last one is looked at first: nearer words stand before those of what they refer to.
  const waiting = raw.toReversed();
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (schema === false) impossible = true;
    if (!isRecord(schema) || seen.has(schema)) continue;
    if (seen.size >= mostParts) {
      unresolved.push('more conditions than can be told');
      break;
    }
    seen.add(schema);
    parts.push(schema);
    if (isPlain(schema)) continue;
    waiting.push(...alsoHolding(schema).toReversed());
    const { $ref: reference } = schema;
    if (typeof reference !== 'string') continue;
    const target = lookUp(reference, root);
    if (target === undefined) unresolved.push(reference);
    else if (!isRecord(target)) waiting.push(target);
    else if (!seen.has(target)) {
      const entries = entriesOf(target, place.trail);
      if (entries.length > 0 && !mayRecur(entries)) recursions.push({ target, reference, entries });
      else {
        trail = { target, depth: place.depth, before: trail };
        waiting.push(target);
      }
    }
  }
  return { parts, trail, recursions, unresolved, impossible };
}

function isPlain(schema: JsonSchema): boolean {
  return schema.$ref === undefined && schema.allOf === undefined && alternative(schema) === undefined;
}

/** The members of `allOf`, and a single alternative, which must hold. */
function alsoHolding(schema: JsonSchema): readonly unknown[] {
  const all = Array.isArray(schema.allOf) ? schema.allOf.slice(0, mostParts) : [];
  const only = alternative(schema);
  return only === undefined ? all : [...all, only];
}

function alternative({ anyOf, oneOf }: JsonSchema): unknown {
  if (Array.isArray(anyOf) && anyOf.length === 1) return anyOf[0];
  return Array.isArray(oneOf) && oneOf.length === 1 ? oneOf[0] : undefined;
}

function entriesOf(target: JsonSchema, trail: Trail | undefined): readonly Trail[] {
  const entries: Trail[] = [];
  for (let entry = trail; entry !== undefined; entry = entry.before) if (entry.target === target) entries.push(entry);
  return entries;
}

/** What `#`, or a JSON pointer behind it, means within the schema itself; undefined for anything else. */
export function lookUp(reference: string, root: unknown): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let found = root;
  for (const step of reference.slice(2).split('/')) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (isRecord(found) && Object.hasOwn(found, name)) found = found[name];
    else if (Array.isArray(found)) found = found[Number(name)];
    else return undefined;
  }
  return isRecord(found) || typeof found === 'boolean' ? found : undefined;
}

function decoded(step: string): string {
  if (!step.includes('%')) return step;
  try {
    return decodeURIComponent(step);
  } catch (error) {
    if (error instanceof URIError) return step;
    throw error;
  }
}
