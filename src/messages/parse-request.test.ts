import { expect, test } from 'bun:test';
import { ProxyError } from '../errors/proxy-error.ts';
import { isKnownBlock } from './check-blocks.ts';
import { parseCountTokensRequest, parseMessagesRequest, unknownFieldsOf } from './parse-request.ts';

const hello = { model: 'claude-x', max_tokens: 8, messages: [{ role: 'user', content: 'hello' }] };
const withBlock = (...content: unknown[]) => ({ ...hello, messages: [{ role: 'user', content }] });
const withTool = (tool: unknown) => ({ ...hello, tools: [{ name: 'ok', input_schema: {} }, tool] });
const withSource = (type: string, source: unknown) => withBlock({ type, source });

function complaintAbout(body: unknown): string {
  try {
    parseMessagesRequest(typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    if (error instanceof ProxyError && error.kind === 'invalid-request') return error.message;
    throw error;
  }
  return 'accepted';
}

const refused: readonly (readonly [body: unknown, complaint: string])[] = [
  ['{"model":', 'body: Input should be valid JSON'],
  ['', 'body: Input should be valid JSON'],
  [[], 'body: Input should be an object'],
  ['null', 'body: Input should be an object'],
  [{ ...hello, model: undefined }, 'model: Field required'],
  [{ ...hello, model: 3 }, 'model: Input should be a valid string'],
  [{ ...hello, messages: undefined }, 'messages: Field required'],
  [{ ...hello, messages: {} }, 'messages: Input should be a valid array'],
  [{ ...hello, messages: [] }, 'messages: at least one message is required'],
  [{ ...hello, max_tokens: undefined }, 'max_tokens: Field required'],
  [{ ...hello, max_tokens: null }, 'max_tokens: Input should be a valid integer'],
  [{ ...hello, max_tokens: 1.5 }, 'max_tokens: Input should be a valid integer'],
  [{ ...hello, max_tokens: '8' }, 'max_tokens: Input should be a valid integer'],
  [{ ...hello, max_tokens: -1 }, 'max_tokens: Input should be greater than or equal to 0'],
  [{ ...hello, stream: 'yes' }, 'stream: Input should be a valid boolean'],
  [{ ...hello, temperature: '1' }, 'temperature: Input should be a valid number'],
  [{ ...hello, top_k: 0.5 }, 'top_k: Input should be a valid integer'],
  [{ ...hello, stop_sequences: ['a', 1] }, 'stop_sequences.1: Input should be a valid string'],
  [{ ...hello, stop_sequences: 'a' }, 'stop_sequences: Input should be a valid array'],
  [{ ...hello, system: 7 }, 'system: Input should be a valid string or array'],
  [{ ...hello, system: [{ type: 'text' }] }, 'system.0.text: Field required'],
  [{ ...hello, metadata: { user_id: 1 } }, 'metadata.user_id: Input should be a valid string'],
  [{ ...hello, thinking: {} }, 'thinking.type: Field required'],
  [{ ...hello, thinking: { type: 'enabled' } }, 'thinking.budget_tokens: Field required'],
  [{ ...hello, output_config: { effort: 3 } }, 'output_config.effort: Input should be a valid string'],
  [{ ...hello, output_config: { format: { type: 'json_schema' } } }, 'output_config.format.schema: Field required'],
  [{ ...hello, tool_choice: { type: 'maybe' } }, "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'"],
  [{ ...hello, tool_choice: { type: 'tool' } }, 'tool_choice.name: Field required'],

  [{ ...hello, messages: ['hi'] }, 'messages.0: Input should be an object'],
  [{ ...hello, messages: [{ content: 'x' }] }, 'messages.0.role: Field required'],
  [
    { ...hello, messages: [{ role: 'tool', content: 'x' }] },
    "messages.0.role: Input should be 'user', 'assistant' or 'system'",
  ],
  [{ ...hello, messages: [{ role: 'user' }] }, 'messages.0.content: Field required'],
  [
    { ...hello, messages: [{ role: 'user', content: 5 }] },
    'messages.0.content: Input should be a valid string or array',
  ],
  [
    { ...hello, messages: [...hello.messages, { role: 'system', content: 'x', output_config: { effort: 1 } }] },
    'messages.1.output_config.effort: Input should be a valid string',
  ],

  [withBlock('text'), 'messages.0.content.0: Input should be an object'],
  [withBlock({ text: 'x' }), 'messages.0.content.0.type: Field required'],
  [
    withBlock({ type: 'text', text: 'a' }, { type: 'text', text: 1 }),
    'messages.0.content.1.text: Input should be a valid string',
  ],
  [withBlock({ type: 'tool_result' }), 'messages.0.content.0.tool_use_id: Field required'],
  [withBlock({ type: 'tool_use', id: null, name: 'x' }), 'messages.0.content.0.id: Input should be a valid string'],
  [withBlock({ type: 'tool_use', id: 'x', input: {} }), 'messages.0.content.0.name: Field required'],
  [
    withBlock({
      type: 'tool_result',
      tool_use_id: 'a',
      content: [{ type: 'text', text: 'x' }, { type: 'tool_reference' }],
    }),
    'messages.0.content.0.content.1.tool_name: Field required',
  ],
  [
    withBlock({ type: 'tool_result', tool_use_id: 'a', is_error: 'yes' }),
    'messages.0.content.0.is_error: Input should be a valid boolean',
  ],
  [withBlock({ type: 'thinking', thinking: '' }), 'messages.0.content.0.signature: Field required'],
  [withBlock({ type: 'redacted_thinking' }), 'messages.0.content.0.data: Field required'],
  [withBlock({ type: 'image' }), 'messages.0.content.0.source: Field required'],
  [withSource('image', { type: 'base64', data: 'x' }), 'messages.0.content.0.source.media_type: Field required'],
  [withSource('image', { type: 'url' }), 'messages.0.content.0.source.url: Field required'],
  [withSource('document', {}), 'messages.0.content.0.source.type: Field required'],
  [
    withSource('document', { type: 'content', content: [{ type: 'text' }] }),
    'messages.0.content.0.source.content.0.text: Field required',
  ],
  [withBlock({ type: 'search_result', content: [], title: 'x' }), 'messages.0.content.0.source: Field required'],
  [withBlock({ type: 'web_search_tool_result', tool_use_id: 'a' }), 'messages.0.content.0.content: Field required'],

  [{ ...hello, tools: {} }, 'tools: Input should be a valid array'],
  [withTool('Bash'), 'tools.1: Input should be an object'],
  [withTool({ name: 'x' }), 'tools.1.input_schema: Field required'],
  [withTool({ type: 'custom', input_schema: {} }), 'tools.1.name: Field required'],
  [withTool({ name: 'x', input_schema: 'string' }), 'tools.1.input_schema: Input should be an object'],
  [withTool({ name: 'x', input_schema: {}, description: 1 }), 'tools.1.description: Input should be a valid string'],
  [withTool({ type: 'bash_20250124' }), 'tools.1.name: Field required'],
  [withTool({ type: 4, name: 'x' }), 'tools.1.type: Input should be a valid string'],
];

test.each(refused.map(([body, complaint]) => [complaint, body] as const))('refuses with "%s"', (complaint, body) => {
  expect(complaintAbout(body)).toBe(complaint);
});

const accepted: Readonly<Record<string, unknown>> = {
  'unknown top-level fields': { ...hello, safeguards: [{ type: 'x' }], future: null },
  'unknown block types': withBlock({ type: 'hologram', anything: [1] }),
  'unknown tool types': withTool({ type: 'telepathy_20300101' }),
  'toolsets, which have no name': withTool({ type: 'computer_toolset_20260801' }),
  'kinds of source that do not exist yet': withSource('image', { type: 'stream' }),
  'optional fields that are null': {
    ...hello,
    system: null,
    tools: null,
    temperature: null,
    metadata: { user_id: null },
  },
  'a tool_use without input': withBlock({ type: 'tool_use', id: 'a', name: 'b' }),
  'a tool_result without content': withBlock({ type: 'tool_result', tool_use_id: 'a', content: null, is_error: null }),
  'a system message of settings alone': {
    ...hello,
    messages: [...hello.messages, { role: 'system', output_config: { effort: 'low' } }],
  },
  'max_tokens of 0': { ...hello, max_tokens: 0 },
  'an unknown way of thinking': { ...hello, thinking: { type: 'sideways' } },
};

test.each(Object.keys(accepted))('accepts %s', (name) => {
  expect(complaintAbout(accepted[name])).toBe('accepted');
});

test('what comes back is the body itself, unknown fields included', () => {
  const body = { ...withBlock({ type: 'hologram', depth: 3, cache_control: { type: 'ephemeral' } }), future: { a: 1 } };
  expect(JSON.stringify(parseMessagesRequest(JSON.stringify(body)))).toBe(JSON.stringify(body));
});

test('an optional field that is null is gone, so that no reader meets it', () => {
  expect('system' in parseMessagesRequest(JSON.stringify({ ...hello, system: null }))).toBe(false);
});

test('count_tokens needs no max_tokens, but everything else', () => {
  const { max_tokens: _, ...body } = hello;
  expect(parseCountTokensRequest(JSON.stringify(body)).max_tokens).toBe(0);
  expect(parseCountTokensRequest(JSON.stringify(hello)).max_tokens).toBe(8);
  expect(() => parseCountTokensRequest('{"model":"x"}')).toThrow('messages: Field required');
});

test.each([
  ['the input of a call', withBlock({ type: 'tool_use', id: 'a', name: 'b', input: 'HERE' })],
  ['the schema of a tool', withTool({ name: 'deep', input_schema: { type: 'object', properties: 'HERE' } })],
  ['an unknown field', { ...hello, future: ['HERE'] }],
])('%s may be nested deep, but not so deep that it cannot be walked', (_, body) => {
  const nested = (levels: number) =>
    JSON.stringify(body).replace('"HERE"', `${'{"a":'.repeat(levels)}[]${'}'.repeat(levels)}`);
  expect(complaintAbout(nested(900))).toBe('accepted');
  expect(complaintAbout(nested(100_000))).toBe('body: Input should be nested at most 1000 levels deep');
});

test('a message never quotes the body', () => {
  expect(complaintAbout('{"secret-word": }')).not.toContain('secret-word');
  expect(complaintAbout({ ...hello, model: { secret: 'secret-word' } })).not.toContain('secret-word');
});

test('unknown top-level fields are told apart', () => {
  const request = parseMessagesRequest(JSON.stringify({ ...hello, top_k: 3, safeguards: [], future: 1 }));
  expect(unknownFieldsOf(request)).toEqual(['safeguards', 'future']);
});

test('known blocks are told apart from the others', () => {
  expect(isKnownBlock({ type: 'text', text: '' })).toBe(true);
  expect(isKnownBlock({ type: 'hologram' })).toBe(false);
  expect(isKnownBlock({ type: 'constructor' })).toBe(false);
});
