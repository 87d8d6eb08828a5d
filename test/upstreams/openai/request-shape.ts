import type { ErrorObject } from 'ajv/dist/2020.js';
import schema from './chat-completions.schema.json' with { type: 'json' };
import { isRecord } from './chat-request.ts';
import { badRequest, type Refusal, wordList } from './refusal.ts';

/** Fields of assistant messages that compatible servers know and OpenAI does not. */
export type UnknownFields = 'refuse' | 'ignore';
export type ShapeCheck = (body: unknown) => Refusal | undefined;

const compiled = new Map<UnknownFields, Promise<ShapeCheck>>();

/** Checks bodies against the published schema. The validator is loaded and compiled once, at the first wish. */
export function shapeCheck(unknownFields: UnknownFields): Promise<ShapeCheck> {
  const known = compiled.get(unknownFields);
  if (known !== undefined) return known;
  const check = compile(unknownFields);
  compiled.set(unknownFields, check);
  return check;
}

async function compile(unknownFields: UnknownFields): Promise<ShapeCheck> {
  // Loaded here, because the demo runs where only the runtime dependencies are installed.
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  const definitions = unknownFields === 'refuse' ? closedDefinitions() : schema.$defs;
  const request = { $ref: '#/$defs/CreateChatCompletionRequest', unevaluatedProperties: unknownFields === 'ignore' };
  const validate = ajv.compile({ ...request, $defs: definitions });
  return (body) => {
    if (validate(body)) return;
    const worst = mostTelling(validate.errors ?? []);
    return worst === undefined ? badRequest(null, null, 'Invalid request.') : describe(worst, body);
  };
}

/** The API refuses fields it does not know at every depth; the published schema leaves objects open. */
function closedDefinitions(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.$defs).map(([name, node]) => [name, partsOfRequest.has(name) ? node : closed(node)]),
  );
}

/** Together these are one object: none of them may be closed alone, the whole is. */
const partsOfRequest = new Set(['CreateModelResponseProperties', 'ModelResponseProperties']);

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

/**
 * Of all complaints, the one about the alternative that was meant: an alternative whose `type` or `role` is another
 * one says nothing, and the deepest of the rest is the true cause.
 */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const notMeant = errors
    .filter((error) => error.keyword === 'enum' && /\/(type|role)$/.test(error.instancePath))
    .map((error) => ({
      schema: error.schemaPath.replace(/\/properties\/(type|role)\/enum$/, ''),
      instance: error.instancePath.replace(/\/(type|role)$/, ''),
    }));
  const meant = errors.filter(
    (error) =>
      !['anyOf', 'oneOf'].includes(error.keyword) &&
      !notMeant.some(
        (other) => error.schemaPath.startsWith(`${other.schema}/`) && error.instancePath.startsWith(other.instance),
      ),
  );
  const candidates = meant.length > 0 ? meant : errors;
  const depth = (error: ErrorObject) => error.instancePath.split('/').length;
  return candidates.toSorted((first, second) => depth(second) - depth(first))[0];
}

function describe(error: ErrorObject, body: unknown): Refusal {
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
