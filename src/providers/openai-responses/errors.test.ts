import { expect, test } from 'bun:test';
import { openAi, testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { reasoningMark } from '../openai/left-out-reasoning.ts';
import type { Repair, Target } from '../provider.ts';
import { readResponsesError, readResponsesStreamError } from './errors.ts';
import { sealItem } from './reasoning-envelope.ts';

const carried = { encrypted: 'gAAAA-of-another-account', summary: undefined, phase: undefined, hosted: undefined };
const request: MessagesRequest = {
  model: 'claude-sonnet-5',
  max_tokens: 64_000,
  messages: [
    { role: 'user', content: 'go on' },
    { role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: sealItem(carried, openAi) }] },
    { role: 'user', content: 'go on' },
  ],
  tools: [{ name: 'Read', input_schema: { type: 'object' } }],
};

function read(
  message: string,
  fields: object = {},
  { status = 400, repairs = [] as readonly Repair[], target = openAi as Target } = {},
) {
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code: null, ...fields },
  });
  return readResponsesError({ status, headers: new Headers(), body }, request, target, { ...testContext(), repairs });
}

const leftOut: Repair = { kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark(carried.encrypted)] };
const omit = (parameter: string): Repair => ({ kind: 'omit-parameter', scope: 'model', parameter });
const efforts = (...words: string[]): Repair => ({ kind: 'effort-words', scope: 'model', words });

const cases: readonly [name: string, message: string, fields: object, repair: Repair][] = [
  [
    'reasoning of another account',
    'The encrypted content gAAA... could not be verified. Reason: Encrypted content organization_id did not match the target organization.',
    { code: 'invalid_encrypted_content' },
    leftOut,
  ],
  ['reasoning that xAI cannot read', 'Could not decrypt the provided encrypted_content.', {}, leftOut],
  [
    'reasoning that nothing follows',
    "Item 'rs_06a20bd006d58dde' of type 'reasoning' was provided without its required following item.",
    { param: 'input' },
    leftOut,
  ],
  [
    'a call without its reasoning',
    "Item 'fc_06a20bd006d58dde' of type 'function_call' was provided without its required 'reasoning' item: 'rs_06a20bd006d58dde'.",
    { param: 'input' },
    leftOut,
  ],
  [
    'reasoning that is not stored',
    "Item with id 'rs_06a20bd006d58dde' not found. Items are not persisted when `store` is set to false.",
    { param: 'input' },
    leftOut,
  ],
  [
    'a server that takes no encrypted reasoning',
    "Unknown parameter: 'input[1].encrypted_content'.",
    { param: 'input[1].encrypted_content', code: 'unknown_parameter' },
    { kind: 'drop-reasoning', scope: 'model' },
  ],
  [
    'summaries for an organisation that is not verified',
    'Your organization must be verified to generate reasoning summaries.',
    { param: 'reasoning.summary', code: 'unsupported_value' },
    omit('reasoning.summary'),
  ],
  [
    'summaries of a model without any',
    "Unsupported parameter: 'reasoning.summary' is not supported with the 'm' model.",
    { param: 'reasoning.summary', code: 'unsupported_parameter' },
    omit('reasoning.summary'),
  ],
  [
    'an effort word',
    "Unsupported value: 'xhigh' is not supported with the 'm' model. Supported values are: 'low', 'medium', and 'high'.",
    { param: 'reasoning.effort', code: 'unsupported_value' },
    efforts('low', 'medium', 'high'),
  ],
  [
    'an effort word, by a schema',
    "1 validation error: {type: literal_error, loc: (body, reasoning, effort), msg: Input should be 'none', 'low' or 'high', input: 'max'}",
    {},
    efforts('none', 'low', 'high'),
  ],
  [
    'effort at all',
    "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    { param: 'reasoning.effort', code: 'unsupported_parameter' },
    omit('reasoning.effort'),
  ],
  [
    'encrypted reasoning of a model without any',
    'Encrypted content is not supported with this model.',
    { param: 'include' },
    omit('reasoning.encrypted_content'),
  ],
  [
    'sources',
    "Invalid value: 'web_search_call.action.sources'. Supported values are: 'reasoning.encrypted_content'.",
    { param: 'include[1]', code: 'invalid_value' },
    omit('web_search_call.action.sources'),
  ],
  [
    'a cache key',
    "Unknown parameter: 'prompt_cache_key'.",
    { param: 'prompt_cache_key', code: 'unknown_parameter' },
    omit('prompt_cache_key'),
  ],
  [
    'an identifier',
    "Unknown parameter: 'safety_identifier'.",
    { param: 'safety_identifier', code: 'unknown_parameter' },
    omit('safety_identifier'),
  ],
  [
    'options of the stream',
    "Unknown parameter: 'stream_options.include_obfuscation'.",
    { param: 'stream_options.include_obfuscation', code: 'unknown_parameter' },
    omit('stream_options'),
  ],
  [
    'a phase',
    "Unknown parameter: 'input[3].phase'.",
    { param: 'input[3].phase', code: 'unknown_parameter' },
    omit('phase'),
  ],
  [
    'too short an answer',
    "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
    { param: 'max_output_tokens', code: 'integer_below_min_value' },
    { kind: 'raise-output-tokens', scope: 'model', minimum: 16 },
  ],
  [
    'too long an answer',
    "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 32768, but got 64000 instead.",
    { param: 'max_output_tokens', code: 'integer_above_max_value' },
    { kind: 'limit-output-tokens', scope: 'model', maximum: 32_768 },
  ],
  [
    'a search at the lowest effort',
    "The following tools cannot be used with reasoning.effort 'minimal': web_search.",
    { param: 'tools' },
    { kind: 'effort-words', scope: 'request', words: ['low', 'medium', 'high'] },
  ],
  [
    'a model that does not search',
    "Hosted tool 'web_search' is not supported with gpt-4.1-nano.",
    { param: 'tools' },
    omit('web_search'),
  ],
  [
    'a forced search',
    "Tool choices other than 'auto' are not supported with model 'gpt-5' and the following tool types: 'web_search'.",
    { param: 'tool_choice' },
    omit('tool_choice.web_search'),
  ],
  [
    'a schema',
    "Invalid schema for function 'Read': schema must have type 'object'.",
    { param: 'tools[0].parameters', code: 'invalid_function_parameters' },
    { kind: 'loosen-tool-schema', scope: 'model', tool: 'Read' },
  ],
  [
    'a stream',
    'Your organization must be verified to stream this model.',
    { param: 'stream', code: 'unsupported_value' },
    { kind: 'plain-answer', scope: 'model' },
  ],
];

const target: Target = { ...openAi, model: 'gpt-5' };

test.each(cases)('%s is refused: the repair', (_name, message, fields, repair) => {
  expect(read(message, fields, { target }).repair).toEqual(repair);
});

test.each(cases)('%s is refused: what has been done already is not offered again', (_name, message, fields, repair) => {
  expect(read(message, fields, { target, repairs: [repair] }).repair).toBeUndefined();
});

test('a server of another kind that finds any fault with reasoning gets it no more', () => {
  const own: Target = { ...openAi, baseUrl: 'http://localhost:9000/v1' };
  const signature = sealItem({ ...carried, encrypted: undefined, words: [] }, own);
  const messages = [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature }] }] as const;
  const repairOf = (told: string, repairs: readonly Repair[]) => {
    const body = JSON.stringify({ error: { message: told, code: 400 } });
    const context = { ...testContext(), repairs };
    return readResponsesError({ status: 400, headers: new Headers(), body }, { ...request, messages }, own, context)
      .repair;
  };
  const told = '1 validation error: body.input.1.ResponseReasoningItemParam.status: Field required';
  const repair: Repair = { kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark('Hm.')] };
  expect(repairOf(told, [])).toEqual(repair);
  expect(repairOf(told, [repair])).toBeUndefined();
});

test('an item that is not stored is told with the status of a missing path, and is none', () => {
  const failure = read(
    "Item with id 'rs_06a20bd006d58dde' not found. Items are not persisted when `store` is set to false.",
    {},
    { status: 404 },
  );
  expect(failure).toMatchObject({ kind: 'invalid-request', repair: leftOut });
});

test.each([
  [
    'as an event',
    {
      type: 'error',
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window of this model.',
      param: 'input',
    },
  ],
  [
    'in a failed response',
    {
      error: {
        code: 'context_length_exceeded',
        message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
      },
    },
  ],
])('a prompt too long is told in a stream of status 200, %s', (_name, event) => {
  const failure = readResponsesStreamError(event, request, target, testContext());
  expect(failure.kind).toBe('prompt-too-long');
  expect(failure.message).toBe('prompt is too long: 272001 tokens > 272000 maximum');
});
