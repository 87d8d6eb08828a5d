import { isRecord } from '../json.ts';
import { reasons } from './models.ts';
import { badRequest, type Refusal, tooLong, tooMany, unsupportedParameter, wordList } from './refusal.ts';
import type { Rule } from './rules.ts';
import { strictSchemaFault } from './schema-rules.ts';

const samplingDefaults = { temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 } as const;
const namePattern = /^[a-zA-Z0-9_-]+$/;
/** Below this a model that reasons cannot even begin to answer. */
const smallestReasoningAnswer = 16;

const streaming: Rule = ({ body, rules }) => {
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    return badRequest('stream_options', null, message);
  }
  if (body.stream !== true || rules.streaming) return;
  const message = 'Your organization must be verified to stream this model.';
  return badRequest('stream', 'unsupported_value', message);
};

const outputTokens: Rule = ({ body, family }) => {
  const { max_tokens: old, max_completion_tokens: current } = body;
  if (typeof old === 'number' && typeof current === 'number') {
    const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    return badRequest('max_tokens', 'invalid_parameter_combination', message);
  }
  if (typeof old === 'number' && reasons(family)) {
    return unsupportedParameter('max_tokens', " Use 'max_completion_tokens' instead.");
  }
  const param = typeof old === 'number' ? 'max_tokens' : 'max_completion_tokens';
  const asked = body[param];
  if (typeof asked !== 'number') return;
  if (asked < 1) {
    const message = `Invalid '${param}': integer below minimum value. Expected a value >= 1, but got ${asked} instead.`;
    return badRequest(param, 'integer_below_min_value', message);
  }
  if (asked > family.maxOutputTokens) {
    const most = family.maxOutputTokens;
    const message = `${param} is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`;
    return badRequest(param, 'invalid_value', message);
  }
  const effort = body.reasoning_effort ?? family.defaultEffort ?? 'none';
  if (!reasons(family) || effort === 'none' || asked >= smallestReasoningAnswer) return;
  const message =
    'Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.';
  return badRequest(null, null, message);
};

const sampling: Rule = ({ body, family }) => {
  if (family.sampling === 'accepted') return;
  const effort = body.reasoning_effort ?? family.defaultEffort;
  if (family.sampling === 'with-effort-none' && effort === 'none') return;
  for (const [param, standard] of Object.entries(samplingDefaults)) {
    const value = body[param];
    if (value === undefined || value === null || value === standard) continue;
    const message = `Unsupported value: '${param}' does not support ${String(value)} with this model. Only the default (${standard}) value is supported.`;
    return badRequest(param, 'unsupported_value', message);
  }
  return undefined;
};

const stop: Rule = ({ body, family }) => {
  const value = body.stop;
  if (value === undefined || value === null) return;
  if (!family.stop) return unsupportedParameter('stop');
  if (Array.isArray(value) && value.length > 4) return tooMany('stop', 4, value.length);
  return undefined;
};

const effort: Rule = ({ body, family }) => {
  const word = body.reasoning_effort;
  if (typeof word !== 'string') return;
  if (family.efforts === undefined) return;
  if (family.efforts.length === 0) return unsupportedParameter('reasoning_effort');
  if (family.efforts.includes(word)) return;
  const message = `Unsupported value: 'reasoning_effort' does not support '${word}' with this model. Supported values are: ${wordList(family.efforts)}.`;
  return badRequest('reasoning_effort', 'unsupported_value', message);
};

const toolsAndEffort: Rule = ({ body, family }) => {
  if (family.chatTools === 'accepted' || (body.tools?.length ?? 0) === 0) return;
  const word = body.reasoning_effort ?? family.defaultEffort;
  if (family.chatTools === 'with-effort-none' && word === 'none') return;
  const message = `Function tools with reasoning_effort are not supported for ${body.model} in /v1/chat/completions. Please use /v1/responses instead.`;
  return badRequest('reasoning_effort', null, message);
};

/** The names by which a caller's prompts are kept together. */
export function identifiers({ body }: { readonly body: Readonly<Record<string, unknown>> }): Refusal | undefined {
  for (const param of ['prompt_cache_key', 'safety_identifier']) {
    const value = body[param];
    if (typeof value === 'string' && value.length > 64) return tooLong(param, 64, value.length);
  }
  return undefined;
}

export function metadata({ body }: { readonly body: Readonly<Record<string, unknown>> }): Refusal | undefined {
  if (!isRecord(body.metadata)) return;
  const entries = Object.entries(body.metadata);
  if (entries.length > 16) {
    const message = `Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with ${entries.length} properties instead.`;
    return badRequest('metadata', 'object_above_max_properties', message);
  }
  for (const [key, value] of entries) {
    if (key.length > 64) return tooLong('metadata', 64, key.length);
    if (typeof value === 'string' && value.length > 512) return tooLong(`metadata.${key}`, 512, value.length);
  }
  return undefined;
}

const responseFormat: Rule = ({ body }) => {
  const format = body.response_format;
  if (!isRecord(format) || format.type !== 'json_schema' || !isRecord(format.json_schema)) return;
  return schemaFormatRefusal(format.json_schema, 'response_format', 'response_format.json_schema');
};

/** An output schema, wherever it stands: `where` is its format, `inner` the object that holds name and schema. */
export function schemaFormatRefusal(
  format: Readonly<Record<string, unknown>>,
  where: string,
  inner: string,
): Refusal | undefined {
  const { name, schema, strict } = format;
  const param = `${inner}.name`;
  if (typeof name === 'string' && name.length > 64) return tooLong(param, 64, name.length);
  if (typeof name === 'string' && !namePattern.test(name)) {
    const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    return badRequest(param, 'invalid_value', message);
  }
  if (schema === undefined) {
    const missing = `${inner}.schema`;
    return badRequest(missing, 'missing_required_parameter', `Missing required parameter: '${missing}'.`);
  }
  const fault = strict === true ? strictSchemaFault(schema) : undefined;
  if (fault === undefined) return;
  return badRequest(where, null, `Invalid schema for response_format '${String(name)}': ${fault}`);
}

/** Everything that is neither in a tool nor in a message. */
export const requestRules: readonly Rule[] = [
  streaming,
  outputTokens,
  effort,
  sampling,
  stop,
  toolsAndEffort,
  identifiers,
  metadata,
  responseFormat,
];
