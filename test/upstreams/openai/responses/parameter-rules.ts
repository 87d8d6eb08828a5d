import { isRecord } from '../../json.ts';
import type { ModelFamily } from '../models.ts';
import { reasons } from '../models.ts';
import { badRequest, type Refusal, wordList } from '../refusal.ts';
import { identifiers, metadata, schemaFormatRefusal } from '../request-rules.ts';
import type { ResponsesRequest } from './responses-request.ts';
import type { Rule } from './rules.ts';

/** The Responses API gives no code to a parameter that the model does not take. */
function notWithThisModel(param: string): Refusal {
  return badRequest(param, null, `Unsupported parameter: '${param}' is not supported with this model.`);
}

/** The effort that a request asks for, or the model's own. */
export function effortOf({ reasoning }: ResponsesRequest, family: ModelFamily): string | undefined {
  const asked = isRecord(reasoning) ? reasoning.effort : undefined;
  return typeof asked === 'string' ? asked : family.defaultEffort;
}

const streaming: Rule = ({ body, rules }) => {
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    return badRequest('stream_options', null, message);
  }
  if (body.stream !== true || rules.streaming) return;
  return badRequest('stream', 'unsupported_value', 'Your organization must be verified to stream this model.');
};

const outputTokens: Rule = ({ body, family }) => {
  const asked = body.max_output_tokens;
  if (typeof asked !== 'number') return;
  const param = 'max_output_tokens';
  if (asked < 16) {
    const message = `Invalid '${param}': integer below minimum value. Expected a value >= 16, but got ${asked} instead.`;
    return badRequest(param, 'integer_below_min_value', message);
  }
  if (asked <= family.maxOutputTokens) return;
  const message = `${param} is too large: ${asked}. This model supports at most ${family.maxOutputTokens} output tokens, whereas you provided ${asked}.`;
  return badRequest(param, 'invalid_value', message);
};

const reasoning: Rule = ({ body, family, rules }) => {
  if (!isRecord(body.reasoning) || family.efforts === undefined) return;
  const { effort: word, summary } = body.reasoning;
  const isSet = (value: unknown) => value !== undefined && value !== null;
  if (!reasons(family)) {
    const param = isSet(word) ? 'reasoning.effort' : isSet(summary) ? 'reasoning.summary' : undefined;
    if (param === undefined) return;
    const message = `Unsupported parameter: '${param}' is not supported with this model.`;
    return badRequest(param, 'unsupported_parameter', message);
  }
  if (typeof word === 'string' && !family.efforts.includes(word)) {
    const message = `Unsupported value: '${word}' is not supported with the '${body.model}' model. Supported values are: ${wordList(family.efforts)}.`;
    return badRequest('reasoning.effort', 'unsupported_value', message);
  }
  if (!isSet(summary) || rules.summaries) return;
  const message =
    'Your organization must be verified to generate reasoning summaries. Please go to the settings of your organization.';
  return badRequest('reasoning.summary', 'unsupported_value', message);
};

const sampling: Rule = ({ body, family }) => {
  if (family.sampling === 'accepted') return;
  if (family.sampling === 'with-effort-none' && effortOf(body, family) === 'none') return;
  for (const param of ['temperature', 'top_p']) {
    const value = body[param];
    if (value !== undefined && value !== null && value !== 1) return notWithThisModel(param);
  }
  return undefined;
};

const include: Rule = ({ body, family }) => {
  const wanted: readonly unknown[] = Array.isArray(body.include) ? body.include : [];
  if (!wanted.includes('reasoning.encrypted_content') || family.efforts === undefined || reasons(family)) return;
  return badRequest('include', null, 'Encrypted content is not supported with this model.');
};

const memory: Rule = ({ body }) => {
  const id = body.previous_response_id;
  if (typeof id !== 'string') return;
  // Nothing is stored here, and nothing may be expected to be.
  const message = `Previous response with id '${id}' not found.`;
  return badRequest('previous_response_id', 'previous_response_not_found', message);
};

const outputFormat: Rule = ({ body }) => {
  const format = isRecord(body.text) ? body.text.format : undefined;
  if (!isRecord(format) || format.type !== 'json_schema') return;
  return schemaFormatRefusal(format, 'text.format.schema', 'text.format');
};

/** Everything that is neither a tool nor an item. */
export const parameterRules: readonly Rule[] = [
  streaming,
  outputTokens,
  reasoning,
  sampling,
  include,
  memory,
  identifiers,
  metadata,
  outputFormat,
];
