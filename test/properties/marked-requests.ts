import fc from 'fast-check';

// Requests that use every field there is, each text in them a mark of its own, so that it can be looked for afterwards.

type Maker = () => unknown;
let count = 0;
/** A text that stands nowhere else. */
export const mark = () => `mark${++count}x`;

const marker = () => ({ type: 'ephemeral', ttl: mark() });
const textBlock: Maker = () => ({
  type: 'text',
  text: mark(),
  cache_control: marker(),
  citations: [{ cited_text: mark() }],
});
const plainText = () => ({ type: 'text', text: mark() });
const imageSources: readonly Maker[] = [
  () => ({ type: 'base64', media_type: 'image/png', data: mark() }),
  () => ({ type: 'url', url: mark() }),
  () => ({ type: 'stream', channel: mark() }),
];
const images: readonly Maker[] = imageSources.map((source) => () => ({
  type: 'image',
  source: source(),
  transformations: { crop: mark() },
}));
const documentSources: readonly Maker[] = [
  () => ({ type: 'base64', media_type: 'application/pdf', data: mark() }),
  () => ({ type: 'text', media_type: 'text/plain', data: mark() }),
  () => ({ type: 'content', content: mark() }),
  () => ({
    type: 'content',
    content: [plainText(), { type: 'image', source: imageSources[0]?.() }, { type: 'hologram', depth: mark() }],
  }),
  () => ({ type: 'url', url: mark() }),
  () => ({ type: 'stream', channel: mark() }),
];
const documents: readonly Maker[] = documentSources.map((source) => () => ({
  type: 'document',
  source: source(),
  title: mark(),
  context: mark(),
  citations: { enabled: true, style: mark() },
}));
const searchResult: Maker = () => ({ type: 'search_result', title: mark(), source: mark(), content: [plainText()] });
const unknownBlock: Maker = () => ({ type: mark(), future: mark() });
const unknownField: Maker = () => ({ type: 'text', text: mark(), future: { deep: mark() } });

const server =
  (type: string, content: Maker): Maker =>
  () => ({ type, tool_use_id: 'srvtoolu_1', content: content(), caller: { type: 'direct' } });
const serverBlocks: readonly Maker[] = [
  () => ({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: mark() } }),
  server('web_search_tool_result', () => [
    { type: 'web_search_result', title: mark(), url: mark(), encrypted_content: 'zzz' },
  ]),
  server('web_fetch_tool_result', () => ({ url: mark(), content: { source: { type: 'text', data: mark() } } })),
  server('code_execution_tool_result', () => ({ return_code: 0, stdout: mark(), stderr: mark() })),
  server('text_editor_code_execution_tool_result', () => ({ content: mark() })),
  server('advisor_tool_result', () => ({ type: 'advisor_result', text: mark() })),
  () => ({ type: 'mcp_tool_use', id: 'a', name: mark(), server_name: mark(), input: { a: mark() } }),
  () => ({ type: 'mcp_tool_result', tool_use_id: 'a', content: [plainText()] }),
  () => ({ type: 'mcp_tool_listing', mcp_server_name: mark(), tools: [{ name: mark() }] }),
  () => ({ type: 'compaction', content: mark(), encrypted_content: mark(), signature: mark() }),
  () => ({ type: 'fallback', from: { model: mark() }, to: { model: mark() }, trigger: mark() }),
];

const userBlocks: readonly Maker[] = [textBlock, ...images, ...documents, searchResult, unknownBlock, unknownField];
const resultBlocks: readonly Maker[] = [
  plainText,
  ...images,
  ...documents,
  searchResult,
  unknownBlock,
  () => ({ type: 'tool_reference', tool_name: mark() }),
  () => ({ type: 'browser_state', tabs: [{ url: mark() }], state_changes: [{ what: mark() }] }),
];
const assistantBlocks: readonly Maker[] = [
  textBlock,
  ...serverBlocks,
  unknownBlock,
  images[0] ?? textBlock,
  () => ({ type: 'thinking', thinking: mark(), signature: mark() }),
  () => ({ type: 'redacted_thinking', data: mark() }),
  () => ({
    type: 'tool_use',
    id: mark(),
    name: mark(),
    input: { [mark()]: [mark(), { deep: mark() }] },
    caller: { type: mark() },
    toolset_name: mark(),
  }),
];
const systemBlocks: readonly Maker[] = [textBlock, unknownBlock, unknownField];

const schema = () => ({
  $schema: mark(),
  type: 'object',
  properties: {
    [mark()]: { type: 'string', description: mark(), enum: [mark()], format: mark(), $comment: mark() },
    nested: { type: 'object', properties: { a: { const: mark() } }, additionalProperties: { pattern: mark() } },
    referred: { $ref: '#/$defs/x' },
  },
  required: ['nested'],
  $defs: { x: { type: 'string', default: mark() } },
});
const tools: readonly Maker[] = [
  () => ({
    name: mark(),
    description: mark(),
    input_schema: schema(),
    cache_control: marker(),
    input_examples: [{ a: mark() }],
  }),
  () => ({ name: mark(), input_schema: schema(), strict: true, future: mark() }),
  () => ({ name: mark(), input_schema: schema(), allowed_callers: [mark()] }),
  () => ({ type: mark(), name: mark(), input_schema: schema() }),
  () => ({ type: mark(), name: mark(), settings: mark() }),
  () => ({
    type: 'web_search_20260318',
    name: 'web_search',
    allowed_domains: [mark()],
    user_location: { city: mark() },
  }),
  () => ({ type: 'web_fetch_20260318', name: 'web_fetch', blocked_domains: [mark()] }),
  () => ({ type: 'code_execution_20260521', name: 'code_execution' }),
  () => ({ type: 'advisor_20260301', name: 'advisor', model: mark() }),
  () => ({ type: 'bash_20250124', name: 'bash', future: mark() }),
];

const topLevel: Readonly<Record<string, Maker>> = {
  cache_control: marker,
  output_config: () => ({
    format: { type: 'json_schema', schema: schema() },
    task_budget: { note: mark() },
    future: mark(),
  }),
  output_format: () => ({ type: 'json_schema', schema: schema() }),
  metadata: () => ({ user_id: mark(), team: mark() }),
  speed: mark,
  diagnostics: () => ({ previous_message_id: mark() }),
  fallbacks: () => [{ model: mark() }],
  fallback_credit_token: mark,
  billing_policy: () => ({ type: 'billing_policy', bill_to: mark() }),
  safeguards: () => [{ type: mark() }],
  stop_sequences: () => [mark()],
  future: () => ({ deep: [mark()] }),
  thinking: () => ({ type: 'adaptive', block_binding: { note: mark() }, future: mark() }),
};

const some = (makers: readonly Maker[], maxLength = 4) => fc.array(fc.constantFrom(...makers), { maxLength });

/** A request as a client could send it, and which the proxy has no reason to refuse. */
export const markedRequest: fc.Arbitrary<object> = fc
  .record({
    user: some(userBlocks),
    asString: fc.boolean(),
    system: some(systemBlocks, 2),
    note: some(systemBlocks, 2),
    assistant: some(assistantBlocks),
    result: some(resultBlocks),
    behind: some(userBlocks, 2),
    tools: some(tools),
    fields: fc.subarray(Object.keys(topLevel)),
  })
  .map((parts) => {
    const made = (makers: readonly Maker[]) => makers.map((make) => make());
    return {
      model: 'claude-test',
      max_tokens: 4_096,
      messages: [
        { role: 'user', content: parts.asString ? mark() : made(parts.user) },
        { role: 'system', content: made(parts.note), future: mark() },
        {
          role: 'assistant',
          content: [
            ...made(parts.assistant),
            { type: 'text', text: mark() },
            { type: 'tool_use', id: 'A', name: 'it', input: {} },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'A', content: made(parts.result) }, ...made(parts.behind)],
        },
      ],
      system: parts.asString ? mark() : made(parts.system),
      tools: made(parts.tools),
      ...Object.fromEntries(parts.fields.map((field) => [field, topLevel[field]?.()])),
    };
  });
