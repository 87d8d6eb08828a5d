import { expect, test } from 'bun:test';
import {
  buildResponses,
  customTool,
  hello,
  itemsOf,
  type ResponsesSurroundings,
} from '../../../test/build-responses-request.ts';

const reasoningModel: ResponsesSurroundings = { model: 'gpt-5' };

test('the usual request of a reasoning model', () => {
  const { body, url, headers, losses } = buildResponses(
    {
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2' },
        { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Be brief.' },
      ],
      tools: [customTool('Bash')],
      thinking: { type: 'adaptive' },
      output_config: { effort: 'medium' },
      metadata: { user_id: 'somebody' },
    },
    { ...reasoningModel, apiKey: 'test-key' },
  );
  expect(url).toBe('https://api.openai.com/v1/responses');
  expect(headers).toMatchObject({ authorization: 'Bearer test-key', accept: 'text/event-stream' });
  const { safety_identifier: user, prompt_cache_key: key, ...rest } = body;
  expect(user).toMatch(/^[0-9a-f]{64}$/);
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(rest).toEqual({
    model: 'gpt-5',
    stream: true,
    stream_options: { include_obfuscation: false },
    store: false,
    include: ['reasoning.encrypted_content'],
    max_output_tokens: 4_096,
    reasoning: { effort: 'medium', summary: 'auto' },
    tools: [
      {
        type: 'function',
        name: 'Bash',
        description: 'does Bash',
        parameters: { type: 'object', properties: {} },
        strict: false,
      },
    ],
    input: [
      {
        type: 'message',
        role: 'developer',
        content: [
          { type: 'input_text', text: 'Be kind.' },
          { type: 'input_text', text: 'Be brief.' },
        ],
      },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
    ],
  });
  expect(losses).toEqual([]);
});

test('Azure and its versions keep their form of address and key', () => {
  const azure = buildResponses(
    {},
    { baseUrl: 'https://x.openai.azure.com/openai/v1/?api-version=preview', apiKey: 'k' },
  );
  expect(azure.url).toBe('https://x.openai.azure.com/openai/v1/responses?api-version=preview');
  expect(azure.headers['api-key']).toBe('k');
});

test('xAI gets one system message, at the head, and no options that only OpenAI knows', () => {
  const built = buildResponses(
    {
      system: 'Be kind.',
      messages: [...hello, { role: 'assistant', content: 'Hi.' }, { role: 'system', content: 'Be brief.' }, ...hello],
    },
    { profile: 'xai', model: 'grok-4' },
  );
  expect(built.body.input[0]).toMatchObject({ role: 'system' });
  expect(itemsOf(built)).toMatchObject([
    { role: 'user' },
    { role: 'assistant' },
    { role: 'user', content: [{ text: '<system-reminder>\nBe brief.\n</system-reminder>' }] },
    { role: 'user' },
  ]);
  expect(built.body.stream_options).toBeUndefined();
  expect(built.body.store).toBe(false);
});

const adaptive = { thinking: { type: 'adaptive' } };
test.each([
  ['gpt-5', { ...adaptive }, { effort: 'high', summary: 'auto' }],
  ['gpt-5', { ...adaptive, output_config: { effort: 'max' } }, { effort: 'high', summary: 'auto' }],
  ['gpt-5', { thinking: { type: 'adaptive', display: 'omitted' } }, { effort: 'high' }],
  ['gpt-5', { thinking: { type: 'disabled' } }, { effort: 'minimal' }],
  ['gpt-5.1', { thinking: { type: 'disabled' } }, { effort: 'none' }],
  [
    'gpt-5',
    { thinking: { type: 'disabled' }, output_config: { effort: 'high' }, tools: [customTool('a')] },
    { effort: 'low' },
  ],
  ['gpt-5', { thinking: { type: 'enabled', budget_tokens: 2_000 } }, { effort: 'medium', summary: 'auto' }],
  ['gpt-5', {}, undefined],
  ['gpt-4.1', { ...adaptive, output_config: { effort: 'high' } }, undefined],
  ['an-azure-deployment', { ...adaptive }, undefined],
] as const)('%s told %j reasons with %j', (model, fields, reasoning) => {
  expect<unknown>(buildResponses(fields, { model }).body.reasoning).toEqual(reasoning);
});

test('what a model takes instead of the effort asked for is listed', () => {
  expect(buildResponses({ output_config: { effort: 'max' } }, reasoningModel).losses).toEqual([
    { field: 'output_config.effort', why: 'gpt-5 takes no max here; it is sent as high' },
  ]);
  expect(buildResponses({ output_config: { effort: 'max' } }, { model: 'gpt-4.1' }).lost).toEqual([
    'output_config.effort',
  ]);
});

test('reasoning is asked for encrypted of every model that may reason, and of no other: that one refuses', () => {
  const include = (model: string) => buildResponses({}, { model }).body.include;
  expect(include('gpt-5')).toEqual(['reasoning.encrypted_content']);
  expect(include('an-azure-deployment')).toEqual(['reasoning.encrypted_content']);
  expect(include('gpt-4.1')).toBeUndefined();
  expect(buildResponses({}, { profile: 'generic', model: 'llama' }).body.include).toBeUndefined();
});

test.each([
  [{ max_tokens: 128_000 }, 'gpt-5', 128_000],
  [{ max_tokens: 128_000 }, 'gpt-4.1', 32_768],
  [{ max_tokens: 1 }, 'gpt-4.1', 16],
  [{ max_tokens: 1 }, 'gpt-5', 1_025],
  [{ max_tokens: 1, thinking: { type: 'disabled' } }, 'gpt-5.1', 16],
])('%j on %s is max_output_tokens %d', (fields, model, tokens) => {
  expect(buildResponses(fields, { model }).body.max_output_tokens).toBe(tokens);
});

test('a schema for the answer', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };
  expect(buildResponses({ output_config: { format: { type: 'json_schema', schema } } }).body.text).toEqual({
    format: { type: 'json_schema', name: 'output', schema, strict: true },
  });
  const open = buildResponses({ output_format: { type: 'json_schema', schema: { type: 'object' } } });
  expect(open.body.text).toMatchObject({ format: { strict: false } });
  expect(open.lost).toEqual(['output_format']);
});

test('sampling goes where it is taken', () => {
  const fields = { temperature: 0.5, top_p: 0.9, top_k: 5 };
  expect(buildResponses(fields, { model: 'gpt-4.1' })).toMatchObject({
    body: { temperature: 0.5, top_p: 0.9 },
    lost: ['top_k'],
  });
  const refused = buildResponses(fields, reasoningModel);
  expect(refused.body).not.toHaveProperty('temperature');
  expect(refused.lost).toEqual(['top_k', 'temperature', 'top_p']);
});

test('the cheaper tier, where it is asked for', () => {
  expect(buildResponses({ service_tier: 'standard_only' }).body.service_tier).toBe('default');
  expect(buildResponses({ service_tier: 'auto' }).body.service_tier).toBeUndefined();
});

test('a conversation that ends in words of the assistant is sent, and that it is not continued is listed', () => {
  const built = buildResponses({ messages: [...hello, { role: 'assistant', content: 'Once upon' }] });
  expect(itemsOf(built)).toHaveLength(2);
  expect(built.lost).toEqual(['messages.1']);
});

test.each([
  ['reasoning.summary', { reasoning: { effort: 'high' } }, ['thinking']],
  ['reasoning.effort', { reasoning: { summary: 'auto' } }, ['output_config.effort']],
  ['reasoning', { reasoning: undefined }, ['output_config.effort']],
  ['reasoning.encrypted_content', { include: undefined }, []],
  ['include', { include: undefined }, []],
  ['stream_options.include_obfuscation', { stream_options: undefined }, []],
  ['safety_identifier', { safety_identifier: undefined }, []],
  ['prompt_cache_key', { prompt_cache_key: undefined }, []],
])('what the upstream refuses as %s is left out', (parameter, left, lost) => {
  const request = { ...adaptive, output_config: { effort: 'high' }, metadata: { user_id: 'somebody' } };
  const before = buildResponses(request, reasoningModel);
  const built = buildResponses(request, {
    ...reasoningModel,
    repairs: [{ kind: 'omit-parameter', scope: 'model', parameter }],
  });
  expect<object>(built.body).toEqual({ ...before.body, ...left });
  expect(built.lost).toEqual(lost);
});

test('what refusals have taught of limits, efforts and streams holds', () => {
  const built = buildResponses(
    { ...adaptive, max_tokens: 64_000 },
    {
      ...reasoningModel,
      repairs: [
        { kind: 'effort-words', scope: 'model', words: ['low', 'medium'] },
        { kind: 'limit-output-tokens', scope: 'model', maximum: 20_000 },
        { kind: 'plain-answer', scope: 'model' },
      ],
    },
  );
  expect(built.body).toMatchObject({ reasoning: { effort: 'medium' }, max_output_tokens: 20_000 });
  expect(built.body).not.toHaveProperty('stream');
  expect(built.body).not.toHaveProperty('stream_options');
  const raised = buildResponses(
    { max_tokens: 1 },
    { model: 'gpt-4.1', repairs: [{ kind: 'raise-output-tokens', scope: 'model', minimum: 32 }] },
  );
  expect(raised.body.max_output_tokens).toBe(32);
});
