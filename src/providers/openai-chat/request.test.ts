import { expect, test } from 'bun:test';
import { buildChat, customTool, hello, type Surroundings } from '../../../test/build-chat-request.ts';
import { ProxyError } from '../../errors/proxy-error.ts';
import type { Repair } from '../provider.ts';
import { requestFields } from './request-fields.ts';

test('the first request of Claude Code, whole', () => {
  const built = buildChat(
    {
      model: 'claude-opus-5-5',
      max_tokens: 128_000,
      stream: true,
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'medium' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: '{"device_id":"d","account_uuid":"a","session_id":"s"}' },
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330; cc_entrypoint=cli;' },
        { type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b', cache_control: { type: 'ephemeral' } },
          ],
        },
        { role: 'system', content: [{ type: 'text', text: 'tools: x' }], output_config: { effort: 'medium' } },
      ],
      tools: [customTool('Bash'), customTool('DeferredToolPlaceholder', { defer_loading: true })],
    },
    { model: 'gpt-5.2', apiKey: 'sk-test' },
  );
  expect(built.url).toBe('https://api.openai.com/v1/chat/completions');
  expect(built.headers).toEqual({
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
    authorization: 'Bearer sk-test',
  });
  expect<unknown>(built.body).toEqual({
    model: 'gpt-5.2',
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 128_000,
    reasoning_effort: 'medium',
    safety_identifier: expect.stringMatching(/^[0-9a-f]{64}$/),
    prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
    tools: [
      {
        type: 'function',
        function: { name: 'Bash', description: 'does Bash', parameters: { type: 'object', properties: {} } },
      },
    ],
    messages: [
      { role: 'system', content: 'You are an agent.' },
      { role: 'user', content: 'a\n\nb' },
      { role: 'system', content: 'tools: x' },
    ],
  });
  expect(built.losses).toEqual([]);
});

const limits: readonly (readonly [
  name: string,
  asked: number,
  around: Surroundings,
  sent: object,
  lost: readonly string[],
])[] = [
  ['as asked', 4_096, {}, { max_completion_tokens: 4_096 }, []],
  ["the model's limit", 128_000, { model: 'gpt-4o' }, { max_completion_tokens: 16_384 }, []],
  ["Claude Code's other wish", 64_000, { model: 'gpt-4.1' }, { max_completion_tokens: 32_768 }, []],
  ['zero is one', 0, {}, { max_completion_tokens: 1 }, []],
  ['one is one', 1, {}, { max_completion_tokens: 1 }, []],
  ['room to think in', 1, { model: 'o3' }, { max_completion_tokens: 1_025 }, []],
  [
    'what the window leaves',
    16_384,
    { model: 'gpt-4o', inputTokenEstimate: 120_000 },
    { max_completion_tokens: 8_000 },
    [],
  ],
  [
    'some room in a window that looks full',
    16_384,
    { model: 'gpt-4o', inputTokenEstimate: 200_000 },
    { max_completion_tokens: 4_096 },
    [],
  ],
  ['another name', 100, { profile: 'vllm', model: 'x' }, { max_tokens: 100 }, []],
  ['a limit nobody knows', 64_000, { profile: 'vllm', model: 'x' }, { max_tokens: 16_384 }, ['max_tokens']],
  ['a limit nobody need know', 64_000, { profile: 'ollama', model: 'x' }, { max_tokens: 64_000 }, []],
  ['a limit the server will name', 64_000, { profile: 'deepseek', model: 'deepseek-v4' }, { max_tokens: 64_000 }, []],
  [
    'a limit learned',
    64_000,
    { profile: 'vllm', model: 'x', repairs: [{ kind: 'limit-output-tokens', scope: 'model', maximum: 20_000 }] },
    { max_tokens: 20_000 },
    [],
  ],
  [
    'a limit learned of a known model',
    64_000,
    { repairs: [{ kind: 'limit-output-tokens', scope: 'request', maximum: 5_000 }] },
    { max_completion_tokens: 5_000 },
    [],
  ],
  [
    'a window learned, less what the prompt may be longer than estimated',
    64_000,
    {
      profile: 'ollama',
      model: 'x',
      inputTokenEstimate: 10_000,
      repairs: [{ kind: 'limit-context', scope: 'model', maximum: 32_000 }],
    },
    { max_tokens: 18_500 },
    [],
  ],
  [
    'an answer of the usual length, where a window learned is fuller',
    64_000,
    {
      profile: 'ollama',
      model: 'x',
      inputTokenEstimate: 22_000,
      repairs: [{ kind: 'limit-context', scope: 'model', maximum: 32_000 }],
    },
    { max_tokens: 8_192 },
    [],
  ],
  [
    'a limit of the prompt alone, which the model has beside its window',
    64_000,
    {
      model: 'gpt-5',
      inputTokenEstimate: 250_000,
      repairs: [{ kind: 'limit-context', scope: 'model', maximum: 272_000 }],
    },
    { max_completion_tokens: 64_000 },
    [],
  ],
  [
    'a window learned of a model that was thought to have a larger one',
    64_000,
    {
      model: 'gpt-5',
      inputTokenEstimate: 250_000,
      repairs: [{ kind: 'limit-context', scope: 'model', maximum: 300_000 }],
    },
    { max_completion_tokens: 50_000 },
    [],
  ],
];

test.each(limits)('the length of the answer: %s', (_, max_tokens, around, sent, lost) => {
  const built = buildChat({ max_tokens }, around);
  const { max_completion_tokens, max_tokens: other } = built.body;
  expect<unknown>({
    ...(max_completion_tokens === undefined ? {} : { max_completion_tokens }),
    ...(other === undefined ? {} : { max_tokens: other }),
  }).toEqual(sent);
  expect(built.lost).toEqual([...lost]);
});

test('no reserve where the effort is none', () => {
  expect(
    buildChat({ max_tokens: 1, thinking: { type: 'disabled' } }, { model: 'gpt-5.2' }).body.max_completion_tokens,
  ).toBe(1);
});

const samplings: readonly (readonly [model: string, request: object, sent: object, lost: readonly string[]])[] = [
  ['gpt-4.1', { temperature: 0.5, top_p: 0.9 }, { temperature: 0.5, top_p: 0.9 }, []],
  ['gpt-5', { temperature: 0.5, top_p: 0.9 }, {}, ['temperature', 'top_p']],
  ['gpt-5', { temperature: 1, top_p: 1 }, {}, []],
  ['gpt-5.2', { temperature: 0.5 }, {}, ['temperature']],
  ['gpt-5.2', { temperature: 0.5, thinking: { type: 'disabled' } }, { temperature: 0.5 }, []],
  ['gpt-4.1', { top_k: 5 }, {}, ['top_k']],
];
test.each(samplings)('%s with %j', (model, request, sent, lost) => {
  const built = buildChat(request, { model });
  const { temperature, top_p, top_k } = built.body;
  expect(JSON.parse(JSON.stringify({ temperature, top_p, top_k }))).toEqual(sent);
  expect(built.lost).toEqual([...lost]);
});

test('top_k goes where it is known', () => {
  expect(buildChat({ top_k: 5 }, { profile: 'openrouter', model: 'x/y' }).body.top_k).toBe(5);
});

test('stop sequences are found here, so nothing is sent and nothing lost', () => {
  const built = buildChat({ stop_sequences: ['</block>'] });
  expect(built.text).not.toContain('</block>');
  expect(built.losses).toEqual([]);
});

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const open = { type: 'object', properties: { a: { type: 'string' } } };
const format = (schema: object) => ({ type: 'json_schema', schema });

test('a structured answer is strict where its schema can be enforced', () => {
  const strict = buildChat({ output_config: { format: format(closed) } });
  expect<unknown>(strict.body.response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'output', schema: closed, strict: true },
  });
  expect(strict.losses).toEqual([]);
  const loose = buildChat({ output_format: format(open) });
  expect<unknown>(loose.body.response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'output', schema: open, strict: false },
  });
  expect(loose.lost).toEqual(['output_format']);
});

test('a server that knows only JSON is told the schema in words', () => {
  const built = buildChat({ output_config: { format: format(closed) } }, { profile: 'deepseek', model: 'deepseek-v4' });
  expect<unknown>(built.body.response_format).toEqual({ type: 'json_object' });
  expect(built.body.messages.at(-1)).toEqual({
    role: 'system',
    content: `Answer with one JSON object that follows this JSON Schema:\n${JSON.stringify(closed)}`,
  });
  expect(built.lost).toEqual(['output_config.format']);
});

test('a schema that OpenAI would refuse outright is told in words', () => {
  const list = { type: 'array', items: closed };
  const built = buildChat({ output_config: { format: format(list) } });
  expect(built.body.response_format).toBeUndefined();
  expect(built.body.messages.at(-1)).toEqual({
    role: 'system',
    content: `Answer with JSON alone, which follows this JSON Schema:\n${JSON.stringify(list)}`,
  });
  expect(built.lost).toEqual(['output_config.format']);
});

test('a form of answer that nobody knows is listed', () => {
  expect(buildChat({ output_config: { format: { type: 'xml' } } }).lost).toEqual(['output_config.format']);
});

test('standard_only is a tier of OpenAI, and nothing to anybody else', () => {
  expect(buildChat({ service_tier: 'standard_only' }).body.service_tier).toBe('default');
  expect(buildChat({ service_tier: 'auto' }).body.service_tier).toBeUndefined();
  const other = buildChat({ service_tier: 'standard_only' }, { profile: 'vllm', model: 'x' });
  expect([other.body.service_tier, other.losses]).toEqual([undefined, []]);
});

test('the user is the same one in every session of Claude Code, and told to OpenAI only as a hash', () => {
  const identifier = (user: object) =>
    buildChat({ metadata: { user_id: JSON.stringify(user) } }).body.safety_identifier;
  const ada = { device_id: 'd1', account_uuid: 'ada' };
  expect(identifier({ ...ada, session_id: 's1' })).toMatch(/^[0-9a-f]{64}$/);
  expect(identifier({ ...ada, session_id: 's1' })).toBe(identifier({ ...ada, session_id: 's2' }));
  const others = [ada, { device_id: 'd2', account_uuid: '' }, { account_uuid: 'bob' }, { session_id: 's1' }, { a: 1 }];
  expect(new Set(others.map(identifier)).size).toBe(others.length);
});

const key = (request: object, around: Surroundings = {}) => buildChat(request, around).body.prompt_cache_key;

test('the cache key names the conversation: session, agent and model, from wherever they are known', () => {
  const inMetadata = { metadata: { user_id: '{"session_id":"session-1"}' } };
  const nameless = { sessionId: undefined };
  expect(key({})).toMatch(/^[0-9a-f]{32}$/);
  expect(key({})).toBe(key({ messages: [...hello, { role: 'assistant', content: 'x' }, ...hello] }));
  expect(key(inMetadata, nameless)).toBe(key({}));
  const different = [
    key({}),
    key({}, { agentId: 'agent-1' }),
    key({}, { model: 'gpt-4o' }),
    key({}, { sessionId: 'session-2' }),
    key({}, nameless),
    key({ system: 'x' }, nameless),
  ];
  expect(new Set(different).size).toBe(different.length);
  const attributed = (line: string) => ({
    system: [
      { type: 'text', text: `x-anthropic-billing-header: ${line}` },
      { type: 'text', text: 'x' },
    ],
  });
  expect(key(attributed('cch=1'), nameless)).toBe(key(attributed('cch=2'), nameless));
  expect(key({ metadata: { user_id: '{broken' } }, nameless)).toBe(key({}, nameless));
});

test('who the user is goes only to OpenAI and Azure, and only as a hash', () => {
  const request = { metadata: { user_id: 'alice@example.com' } };
  const built = buildChat(request);
  expect(built.body.safety_identifier).toMatch(/^[0-9a-f]{64}$/);
  for (const profile of ['openai', 'openrouter', 'ollama'] as const) {
    const { text, losses } = buildChat(request, { profile, model: 'x' });
    expect(text).not.toContain('alice');
    expect(losses).toEqual([]);
  }
  expect(buildChat(request, { profile: 'groq', model: 'x' }).body.safety_identifier).toBeUndefined();
});

const refused: readonly (readonly [request: object, complaint: string])[] = [
  [{ container: 'container_1' }, 'container: containers and skills'],
  [{ mcp_servers: [{ type: 'url', name: 'x', url: 'https://x' }] }, 'mcp_servers: the proxy does not call MCP servers'],
  [{ inference_geo: 'us' }, 'inference_geo: no upstream is configured with a place'],
  [{ thread: { type: 'create' } }, 'thread: the proxy keeps no conversations'],
];
test.each(refused)('refuses %j and says what to do', (request, complaint) => {
  expect(() => buildChat(request)).toThrow(complaint);
  expect(() => buildChat(request)).toThrow(ProxyError);
});

test('what asks for nothing is neither refused nor listed', () => {
  const request = {
    container: null,
    mcp_servers: [],
    inference_geo: 'global',
    speed: 'standard',
    service_tier: 'auto',
    cache_control: { type: 'ephemeral' },
    diagnostics: { previous_message_id: 'msg_1' },
    billing_policy: { type: 'billing_policy' },
    fallback_credit_token: 'x',
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    stop_sequences: [],
    safeguards: [],
    unknown: null,
  };
  expect(buildChat(request).losses).toEqual([]);
});

test('what is left out and could matter is listed with a reason', () => {
  const request = {
    speed: 'fast',
    fallbacks: [{ model: 'x' }],
    safeguards: [{ type: 'dangerous_tool_use' }],
    future: { a: 1 },
    output_config: { task_budget: { total: 1 }, future: 1 },
    thinking: { type: 'adaptive', future: 1 },
    metadata: { team: 'x' },
  };
  const built = buildChat(request);
  expect(built.lost.toSorted()).toEqual([
    'fallbacks',
    'future',
    'metadata.team',
    'output_config.future',
    'output_config.task_budget',
    'safeguards',
    'speed',
    'thinking.future',
  ]);
  for (const { why } of built.losses) expect(why.length).toBeGreaterThan(10);
});

test('every field of the request has a row, and cache markers never reach the upstream', () => {
  expect(Object.keys(requestFields)).toContain('cache_control');
  const marked = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const { text } = buildChat({
    ...marked,
    system: [{ type: 'text', text: 'a', ...marked }],
    tools: [customTool('a', marked)],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'b', ...marked }] }],
  });
  expect(text).not.toContain('ephemeral');
});

const addresses: readonly (readonly [around: Surroundings, url: string, header: string])[] = [
  [{ baseUrl: 'http://localhost:11434/v1/' }, 'http://localhost:11434/v1/chat/completions', 'authorization'],
  [
    { baseUrl: 'https://me.openai.azure.com/openai/v1' },
    'https://me.openai.azure.com/openai/v1/chat/completions',
    'api-key',
  ],
  [
    { baseUrl: 'https://me.openai.azure.com/openai/deployments/d?api-version=2025-01-01' },
    'https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01',
    'api-key',
  ],
  [{ baseUrl: 'https://api.x.ai/v1' }, 'https://api.x.ai/v1/chat/completions', 'x-grok-conv-id'],
];
test.each(addresses)('%j', (around, url, header) => {
  const built = buildChat({}, { ...around, model: 'x', apiKey: 'sk-test' });
  expect(built.url).toBe(url);
  expect(Object.keys(built.headers)).toContain(header);
  expect(built.text).not.toContain('sk-test');
});

test('without a key no credential is sent', () => {
  expect(buildChat({}).headers).not.toHaveProperty('authorization');
});

const request = {
  temperature: 0.5,
  output_config: { effort: 'low' },
  tools: [customTool('a')],
  metadata: { user_id: 'u' },
};
const repaired = (...repairs: Repair[]) => buildChat(request, { model: 'gpt-4.1', repairs });
const omit = (parameter: string): Repair => ({ kind: 'omit-parameter', scope: 'model', parameter });

test('a refused parameter is left out, and listed where the client asked for it', () => {
  const built = repaired(omit('temperature'), omit('prompt_cache_key'), omit('stream_options'), omit('never_sent'));
  expect(built.body).not.toHaveProperty('temperature');
  expect(built.body).not.toHaveProperty('prompt_cache_key');
  expect(built.body).not.toHaveProperty('stream_options');
  expect(built.lost.toSorted()).toEqual(['output_config.effort', 'temperature']);
});

test('a parameter gets the name that the server knows', () => {
  const built = repaired({
    kind: 'rename-parameter',
    scope: 'model',
    parameter: 'max_completion_tokens',
    to: 'max_tokens',
  });
  expect([built.body.max_completion_tokens, built.body.max_tokens]).toEqual([undefined, 4_096]);
});

test('a plain answer is asked for without a stream', () => {
  const built = repaired({ kind: 'plain-answer', scope: 'model' });
  expect(built.body).not.toHaveProperty('stream');
  expect(built.body).not.toHaveProperty('stream_options');
});
