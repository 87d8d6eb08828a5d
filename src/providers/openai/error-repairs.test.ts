import { expect, test } from 'bun:test';
import { noCallMemory } from '../../../test/no-call-memory.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { readChatError } from '../openai-chat/errors.ts';
import { sealReasoning } from '../openai-chat/reasoning-envelope.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { reasoningMark } from './left-out-reasoning.ts';

const longName = `mcp__server__${'tool_'.repeat(15)}`;
const target: Target = {
  provider: 'openai',
  model: 'unheard-of',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: undefined,
  route: 'sonnet → BIG_MODEL',
};
const signature = sealReasoning({ field: 'reasoning', text: undefined, details: undefined }, target);
const request: MessagesRequest = {
  model: 'claude-sonnet-5',
  max_tokens: 64_000,
  messages: [
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature }] },
    { role: 'user', content: 'go on' },
  ],
  tools: [
    // Never shown upstream: places in the upstream's list are not places in this one.
    { name: 'Later', input_schema: { type: 'object' }, defer_loading: true },
    { name: 'Read', input_schema: { type: 'object' } },
    { name: longName, input_schema: { type: 'object' } },
  ],
};

function read(
  body: unknown,
  repairs: readonly Repair[] = [],
  status = 400,
  model = target.model,
  baseUrl = target.baseUrl,
) {
  const context: TranslationContext = {
    messageId: 'msg_1',
    newId: (prefix) => `${prefix}1`,
    inputTokenEstimate: 5_000,
    sessionId: undefined,
    agentId: undefined,
    calls: noCallMemory,
    repairs,
  };
  const answer = { status, headers: new Headers(), body: JSON.stringify(body) };
  return readChatError(answer, request, { ...target, model, baseUrl }, context);
}

const said = (message: string, fields: object = {}) => ({
  error: { message, type: 'invalid_request_error', ...fields },
});

const omit = (parameter: string): Repair => ({ kind: 'omit-parameter', scope: 'model', parameter });
const efforts = (...words: string[]): Repair => ({ kind: 'effort-words', scope: 'model', words });
const limit = (maximum: number): Repair => ({ kind: 'limit-output-tokens', scope: 'model', maximum });

const cases: readonly [name: string, body: unknown, repair: Repair][] = [
  [
    'OpenAI, an output limit',
    said(
      'max_tokens is too large: 64000. This model supports at most 16384 completion tokens, whereas you provided 64000.',
      { param: 'max_tokens', code: 'invalid_value' },
    ),
    limit(16_384),
  ],
  [
    'OpenAI, an integer above its maximum',
    said(
      "Invalid 'max_completion_tokens': integer above maximum value. Expected a value <= 32768, but got 64000 instead.",
      { param: 'max_completion_tokens', code: 'integer_above_max_value' },
    ),
    limit(32_768),
  ],
  [
    'Groq, an output limit',
    said(
      '`max_completion_tokens` must be less than or equal to `40960`, the maximum value for `max_completion_tokens` is less than the `context_window` for this model',
    ),
    limit(40_960),
  ],
  [
    'DeepSeek, an output range',
    said('Invalid max_tokens value, the valid range of max_tokens is [1, 8192]'),
    limit(8_192),
  ],
  [
    'Anthropic behind a router, an output limit',
    said('max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for this model'),
    limit(8_192),
  ],
  ['a limit below a clamped wish', said('max_tokens is too large: 16384. This model takes 8192.'), limit(8_192)],
  [
    'a limit before the wish',
    said('This model supports at most 8192 tokens for max_tokens, but 16384 is larger.'),
    limit(8_192),
  ],
  ['a number with a comma', said('max_tokens must be at most 16,384'), limit(16_384)],
  [
    'max_tokens, where the other name is wanted',
    said("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", {
      param: 'max_tokens',
      code: 'unsupported_parameter',
    }),
    { kind: 'rename-parameter', scope: 'model', parameter: 'max_tokens', to: 'max_completion_tokens' },
  ],
  [
    'max_completion_tokens, unknown to the server',
    said('Unrecognized request argument supplied: max_completion_tokens'),
    { kind: 'rename-parameter', scope: 'model', parameter: 'max_completion_tokens', to: 'max_tokens' },
  ],
  [
    'max_tokens, unknown to the server',
    said("Unsupported parameter: 'max_tokens'.", { param: 'max_tokens', code: 'unsupported_parameter' }),
    { kind: 'rename-parameter', scope: 'model', parameter: 'max_tokens', to: 'max_completion_tokens' },
  ],
  [
    'an unknown parameter',
    said("Unknown parameter: 'prompt_cache_key'.", { param: 'prompt_cache_key', code: 'unknown_parameter' }),
    omit('prompt_cache_key'),
  ],
  [
    'an unknown parameter inside another',
    said("Unknown parameter: 'stream_options.include_usage'.", {
      param: 'stream_options.include_usage',
      code: 'unknown_parameter',
    }),
    omit('stream_options'),
  ],
  [
    'an unsupported value',
    said(
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      { param: 'temperature', code: 'unsupported_value' },
    ),
    omit('temperature'),
  ],
  ['Azure, an argument', said('Unrecognized request argument supplied: safety_identifier'), omit('safety_identifier')],
  ['Groq, a property', said("property 'service_tier' is unsupported"), omit('service_tier')],
  [
    'FastAPI, an extra input',
    {
      detail: [
        { type: 'extra_forbidden', loc: ['body', 'parallel_tool_calls'], msg: 'Extra inputs are not permitted' },
      ],
    },
    omit('parallel_tool_calls'),
  ],
  ['xAI, an argument', { code: 'invalid-argument', error: 'Argument not supported on this model: stop' }, omit('stop')],
  [
    'xAI, a name in camel case',
    { code: 'invalid-argument', error: 'Model m does not support parameter presencePenalty.' },
    omit('presence_penalty'),
  ],
  [
    'Gemini, an unknown name',
    [said('Invalid JSON payload received. Unknown name "store": Cannot find field.')],
    omit('store'),
  ],
  [
    'LM Studio, a chat template',
    {
      error: 'Error rendering prompt with jinja template: "Conversation roles must alternate user/assistant/user/..."',
    },
    { kind: 'alternate-roles', scope: 'model' },
  ],
  [
    'Mistral, a message',
    { object: 'error', message: "Unexpected role 'user' after role 'tool'", code: '3230' },
    { kind: 'alternate-roles', scope: 'model' },
  ],
  ['DeepSeek, a tool choice', said('deepseek-reasoner does not support this tool_choice'), omit('tool_choice')],
  [
    'a cache key that is too long',
    said("Invalid 'prompt_cache_key': string too long.", {
      param: 'prompt_cache_key',
      code: 'string_above_max_length',
    }),
    omit('prompt_cache_key'),
  ],
  [
    'effort words',
    said(
      "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'none', 'low', 'medium', and 'high'.",
      { param: 'reasoning_effort', code: 'unsupported_value' },
    ),
    efforts('none', 'low', 'medium', 'high'),
  ],
  [
    'effort words of an invalid value',
    said("Invalid value: 'xhigh'. Supported values are: 'low', 'medium', and 'high'.", {
      param: 'reasoning_effort',
      code: 'invalid_value',
    }),
    efforts('low', 'medium', 'high'),
  ],
  [
    'effort words in backticks',
    said('`reasoning_effort` must be one of `low`, `medium`, or `high`'),
    efforts('low', 'medium', 'high'),
  ],
  [
    'effort words of a literal',
    {
      detail: [
        { type: 'literal_error', loc: ['body', 'reasoning_effort'], msg: "Input should be 'low', 'medium' or 'high'" },
      ],
    },
    efforts('low', 'medium', 'high'),
  ],
  [
    'effort words of Ollama',
    { error: 'invalid think value: "max" (must be "high", "medium", "low", true, or false)' },
    efforts('low', 'medium', 'high'),
  ],
  [
    'effort not known at all',
    said('Unrecognized request argument supplied: reasoning_effort'),
    omit('reasoning_effort'),
  ],
  ['a model that cannot think', { error: '"llama3" does not support thinking' }, omit('reasoning_effort')],
  [
    'a long tool description',
    said(
      "Invalid 'tools[1].function.description': string too long. Expected a string with maximum length 1024, but got a string with length 5000 instead.",
      { param: 'tools[1].function.description', code: 'string_above_max_length' },
    ),
    { kind: 'shorten-tool-descriptions', scope: 'model', maximumLength: 1_024 },
  ],
  [
    'a schema, by the name of the function',
    said("Invalid schema for function 'Read': schema must have type 'object'.", {
      param: 'tools[0].function.parameters',
      code: 'invalid_function_parameters',
    }),
    { kind: 'loosen-tool-schema', scope: 'model', tool: 'Read' },
  ],
  [
    'a schema, by its place',
    said('Invalid schema.', { param: 'tools[0].function.parameters', code: 'invalid_function_parameters' }),
    { kind: 'loosen-tool-schema', scope: 'model', tool: 'Read' },
  ],
  [
    'a schema, by its place in a plain list',
    said('Invalid schema.', { param: 'tools[1].parameters', code: 'invalid_function_parameters' }),
    { kind: 'loosen-tool-schema', scope: 'model', tool: longName },
  ],
  [
    'DeepSeek, reasoning wanted back',
    said('The reasoning_content in the thinking mode must be passed back to the API.'),
    { kind: 'return-reasoning', scope: 'model', parameter: 'reasoning_content' },
  ],
  [
    'Kimi, reasoning wanted back',
    said('thinking is enabled but reasoning_content is missing in assistant tool call message at index 2'),
    { kind: 'return-reasoning', scope: 'model', parameter: 'reasoning_content' },
  ],
  [
    'Groq, reasoning not wanted back',
    said(
      "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]",
    ),
    { kind: 'drop-reasoning', scope: 'model' },
  ],
  [
    'Mistral, reasoning not wanted back',
    {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['body', 'messages', 2, 'assistant', 'reasoning_content'],
          msg: 'Extra inputs are not permitted',
        },
      ],
    },
    { kind: 'drop-reasoning', scope: 'model' },
  ],
  [
    'encrypted reasoning of somebody else',
    said('The encrypted content could not be verified.', { code: 'invalid_encrypted_content' }),
    { kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark(signature)] },
  ],
  [
    'a thinking signature behind a router',
    said('messages.1.content.0: Invalid `signature` in `thinking` block'),
    { kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark(signature)] },
  ],
  [
    'a stream for an unverified organisation',
    said('Your organization must be verified to stream this model.', { param: 'stream', code: 'unsupported_value' }),
    { kind: 'plain-answer', scope: 'model' },
  ],
];

test.each(cases)('%s: the refusal names its repair', (_name, body, repair) => {
  expect(read(body).repair).toEqual(repair);
});

test.each(cases)('%s: what has been done already is not offered again', (_name, body, repair) => {
  expect(read(body, [repair]).repair).toBeUndefined();
});

test('a shortened tool name is read back before its schema is loosened', () => {
  const { repair } = read(said("Invalid schema for function 'unknown_one'.", { code: 'invalid_function_parameters' }));
  expect(repair).toEqual({ kind: 'loosen-tool-schema', scope: 'model', tool: 'unknown_one' });
});

test('an answer that is only partly paid for is made as short as the credit lasts', () => {
  const body = said(
    'This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 21345.',
  );
  expect(read(body, [], 402).repair).toEqual({ kind: 'limit-output-tokens', scope: 'request', maximum: 21_345 });
});

test('max_tokens refused under both names ends the search', () => {
  const renamed: Repair = {
    kind: 'rename-parameter',
    scope: 'model',
    parameter: 'max_tokens',
    to: 'max_completion_tokens',
  };
  expect(read(said('Unrecognized request argument supplied: max_completion_tokens'), [renamed]).repair).toBeUndefined();
});

test('reasoning that DeepSeek misses although it gets all there is: it answers without thinking', () => {
  const body = said('The `reasoning_content` in the thinking mode must be passed back to the API.');
  const deepseek = 'https://api.deepseek.com';
  const none: Repair = { kind: 'effort-words', scope: 'request', words: ['none'] };
  expect(read(body, [], 400, 'deepseek-chat', deepseek).repair).toEqual(none);
  expect(read(body, [none], 400, 'deepseek-chat', deepseek).repair).toBeUndefined();
});

test('a smaller output limit than the one applied is a new repair', () => {
  expect(read(said('max_tokens must be at most 8192'), [limit(16_384)]).repair).toEqual(limit(8_192));
});

test.each([
  [
    'a message of the wrong kind',
    said("Invalid value: 'weird'.", { param: 'messages[0].role', code: 'invalid_value' }),
    400,
  ],
  ['a refused model', said("Unknown parameter: 'model'.", { param: 'model', code: 'unknown_parameter' }), 400],
  ['a wrong key', said('Incorrect API key', { param: 'temperature', code: 'invalid_api_key' }), 401],
  ['a rate limit', said('Rate limit reached: unknown parameter budget'), 429],
  ['a sentence that only mentions tokens', said('There are no max_tokens today.'), 400],
])('%s has no repair', (_name, body, status) => {
  expect(read(body, [], status).repair).toBeUndefined();
});
