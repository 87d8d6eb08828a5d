import type { ErrorObject } from 'ajv/dist/2020.js';
import { isRecord } from '../json.ts';
import { badRequest, type Refusal, wordList } from './refusal.ts';

export type UnknownFields = 'refuse' | 'ignore';
export type ShapeCheck = (body: unknown) => Refusal | undefined;

/** A published schema: its definitions, and what of them is looked at. */
export interface PublishedSchema {
  readonly definitions: Readonly<Record<string, unknown>>;
  /** The definition of the whole body. */
  readonly root: string;
  /** Definitions that together are one object: none of them may be closed alone, the whole is. */
  readonly partsOfRoot: ReadonlySet<string>;
}

const compiled = new Map<string, Promise<ShapeCheck>>();

/** Checks bodies against a published schema. The validator is loaded and compiled once, at the first wish. */
export function shapeCheck(schema: PublishedSchema, unknownFields: UnknownFields): Promise<ShapeCheck> {
  const key = `${schema.root} ${unknownFields}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const check = compile(schema, unknownFields);
  compiled.set(key, check);
  return check;
}

async function compile(schema: PublishedSchema, unknownFields: UnknownFields): Promise<ShapeCheck> {
  // Loaded here, because the demo runs where only the runtime dependencies are installed.
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    validateFormats: false,
    discriminator: true,
    verbose: true,
  });
  const validate = ajv.compile({
    $ref: `#/$defs/${schema.root}`,
    unevaluatedProperties: unknownFields === 'ignore',
    $defs: prepared(schema, unknownFields),
  });
  return (body) => {
    if (validate(body)) return;
    const worst = mostTelling(validate.errors ?? []);
    return worst === undefined ? badRequest(null, null, 'Invalid request.') : describe(worst, body, schema);
  };
}

/** The published definitions, made to complain about the alternative that was meant and, if wished, about unknown fields. */
function prepared(schema: PublishedSchema, unknownFields: UnknownFields): Record<string, unknown> {
  const definitions = Object.entries(schema.definitions).map(([name, node]) => {
    const strict = unknownFields === 'refuse' && !schema.partsOfRoot.has(name) ? closed(node) : node;
    return [name, isRecord(strict) ? discriminated(strict, schema) : strict] as const;
  });
  return Object.fromEntries(definitions);
}

/** Tells the validator by which field the alternatives of a `oneOf` differ. */
function discriminated(node: Record<string, unknown>, schema: PublishedSchema): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (Array.isArray(value)) {
      copy[key] = value.map((item: unknown) => (isRecord(item) ? discriminated(item, schema) : item));
    } else copy[key] = isRecord(value) ? discriminated(value, schema) : value;
  }
  const tag = ['role', 'type'].find((name) => {
    const words = alternatives(node.oneOf, name, schema);
    return words.length > 0 && Array.isArray(node.oneOf) && words.length === node.oneOf.length;
  });
  return tag === undefined ? copy : { type: 'object', required: [tag], ...copy, discriminator: { propertyName: tag } };
}

/** The values of `tag` in each alternative that is a reference to a definition with such a field. */
function alternatives(oneOf: unknown, tag: string, schema: PublishedSchema): readonly string[] {
  return (Array.isArray(oneOf) ? oneOf : []).flatMap((member: unknown) => {
    const name = isRecord(member) && typeof member.$ref === 'string' ? member.$ref.replace('#/$defs/', '') : '';
    const target = schema.definitions[name];
    const field = isRecord(target) && isRecord(target.properties) ? target.properties[tag] : undefined;
    return isRecord(field) && Array.isArray(field.enum) ? field.enum.map(String) : [];
  });
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (!isRecord(node)) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    copy[key] = key === 'allOf' && Array.isArray(value) ? value.map(membersClosed) : closed(value);
  }
  const isObject = node.type === 'object' && isRecord(node.properties) && node.additionalProperties === undefined;
  if (isObject) copy.additionalProperties = false;
  return copy;
}

function membersClosed(member: unknown): unknown {
  const copy = closed(member);
  if (isRecord(copy) && isRecord(member) && member.additionalProperties === undefined) delete copy.additionalProperties;
  return copy;
}

/** Of all complaints the deepest: an alternative that was not meant fails higher up, mostly by its type. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const rank = ({ instancePath, keyword }: ErrorObject) => {
    if (keyword === 'oneOf' || keyword === 'anyOf') return 0;
    return 2 * instancePath.split('/').length + (keyword === 'type' ? 0 : 1);
  };
  return errors.toSorted((first, second) => rank(second) - rank(first))[0];
}

function describe(error: ErrorObject, body: unknown, schema: PublishedSchema): Refusal {
  const at = paramOf(error.instancePath);
  const below = (name: unknown) => (at === '' ? String(name) : `${at}.${String(name)}`);
  const value = valueAt(body, error.instancePath);
  const { params } = error;
  switch (error.keyword) {
    case 'required': {
      const param = below(params.missingProperty);
      return badRequest(param, 'missing_required_parameter', `Missing required parameter: '${param}'.`);
    }
    case 'unevaluatedProperties':
    case 'additionalProperties': {
      const param = below(params.unevaluatedProperty ?? params.additionalProperty);
      return badRequest(param, 'unknown_parameter', `Unknown parameter: '${param}'.`);
    }
    case 'discriminator': {
      const param = below(params.tag);
      if (params.error === 'tag' && params.tagValue === undefined) {
        return badRequest(param, 'missing_required_parameter', `Missing required parameter: '${param}'.`);
      }
      const words = wordList(alternatives(error.parentSchema?.oneOf, String(params.tag), schema));
      const message = `Invalid value: '${String(params.tagValue)}'. Supported values are: ${words}.`;
      return badRequest(param, 'invalid_value', message);
    }
    case 'enum': {
      const words: readonly unknown[] = Array.isArray(params.allowedValues) ? params.allowedValues : [];
      const message = `Invalid value: '${String(value)}'. Supported values are: ${wordList(words.map(String))}.`;
      return badRequest(at, 'invalid_value', message);
    }
    case 'type': {
      const message = `Invalid type for '${at}': expected ${String(params.type)}, but got ${typeName(value)} instead.`;
      return badRequest(at, 'invalid_type', message);
    }
    case 'minItems': {
      const message = `Invalid '${at}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
      return badRequest(at, 'empty_array', message);
    }
    case 'maxItems': {
      const message = `Invalid '${at}': array too long. Expected an array with maximum length ${String(params.limit)}.`;
      return badRequest(at, 'array_above_max_length', message);
    }
    case 'maxLength': {
      const message = `Invalid '${at}': string too long. Expected a string with maximum length ${String(params.limit)}.`;
      return badRequest(at, 'string_above_max_length', message);
    }
    case 'minimum':
    case 'maximum': {
      const side = error.keyword === 'minimum' ? 'below_min' : 'above_max';
      const message = `Invalid '${at}': ${String(value)} is out of range. Expected a value ${String(params.comparison)} ${String(params.limit)}.`;
      return badRequest(at, `decimal_${side}_value`, message);
    }
    default:
      return badRequest(at, 'invalid_value', `Invalid value for '${at}'.`);
  }
}

/** `/messages/0/content` → `messages[0].content`. */
function paramOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(body: unknown, pointer: string): unknown {
  let at = body;
  for (const step of pointer.split('/').slice(1)) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isRecord(at)) at = at[step];
  }
  return at;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
