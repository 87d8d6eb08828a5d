import fc from 'fast-check';

// Conversations as Claude Code and other clients hold them, made up at random.

export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly Block[];
}
export type Block = { readonly type: string; readonly [field: string]: unknown };

export const declaredTools = ['Bash', 'Read', `mcp__${'server'.repeat(12)}__tool`, 'ToolSearch'] as const;
export const deferredTools = ['WebFetch', 'NotebookEdit', 'odd.name/with:signs'] as const;

const words = fc.oneof(
  fc.constantFrom('hello', 'Fix the bug.', '', ' ', 'x-anthropic-billing-header: not at the head'),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
const text = words.map((words): Block => ({ type: 'text', text: words }));
const png = {
  type: 'base64',
  media_type: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
};
const image = fc.constant<Block>({ type: 'image', source: png });
const document = fc.constantFrom<Block>(
  { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' }, title: 'T' },
  { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' } },
  { type: 'search_result', title: 'T', source: 'S', content: [{ type: 'text', text: 'found' }] },
);
const said = fc.oneof({ weight: 4, arbitrary: text }, image, document);
const toolName = fc.constantFrom(...declaredTools, ...deferredTools);

const resultContent = fc.oneof(
  words,
  fc.constant(undefined),
  fc.array(
    fc.oneof(
      said,
      fc.constantFrom(...deferredTools).map((tool_name): Block => ({ type: 'tool_reference', tool_name })),
    ),
    { maxLength: 3 },
  ),
);

interface CallAndResult {
  readonly name: string;
  readonly input: unknown;
  readonly id: 'short' | 'long';
  readonly result: unknown;
  readonly answered: boolean;
  readonly isError: boolean;
  /** Results are sent in the order in which the tools finished. */
  readonly rank: number;
}
const call: fc.Arbitrary<CallAndResult> = fc.record({
  name: toolName,
  input: fc.oneof(
    fc.constant(null),
    fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
  ),
  id: fc.constantFrom('short', 'short', 'long'),
  result: resultContent,
  answered: fc.boolean(),
  isError: fc.boolean(),
  rank: fc.nat(9),
});

const round = fc.record({
  asked: fc.oneof(words, fc.array(said, { minLength: 1, maxLength: 3 })),
  note: fc.option(fc.oneof(words, fc.array(text, { maxLength: 2 })), { nil: undefined }),
  thought: fc.option(words, { nil: undefined }),
  spoken: fc.array(text, { maxLength: 2 }),
  calls: fc.array(call, { maxLength: 3 }),
  after: fc.array(said, { maxLength: 2 }),
});

/** Whole conversations; every turn of the user holds all the results it will ever have. */
export const conversation: fc.Arbitrary<readonly Message[]> = fc
  .array(round, { minLength: 1, maxLength: 5 })
  .map((rounds) => rounds.flatMap((one, index) => messagesOf(one, index)));

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never;

function messagesOf({ asked, note, thought, spoken, calls, after }: Round, index: number): Message[] {
  const ids = calls.map(({ id }, at) => `call_${index}_${at}${id === 'long' ? 'x'.repeat(60) : ''}`);
  const messages: Message[] = [{ role: 'user', content: saysSomething(asked) ? asked : 'Go.' }];
  if (note !== undefined) messages.push({ role: 'system', content: note });
  const turn: Block[] = [];
  if (thought !== undefined) turn.push({ type: 'thinking', thinking: thought, signature: 'ErUBCkYIBxgC' });
  turn.push(...spoken);
  // A turn with nothing in it is left out, and has tests of its own.
  if (calls.length === 0 && !saysSomething(spoken)) turn.push({ type: 'text', text: 'Done.' });
  calls.forEach(({ name, input }, at) => {
    turn.push({ type: 'tool_use', id: ids[at], name, input });
  });
  messages.push({ role: 'assistant', content: turn });
  const results = calls.flatMap(({ result, answered, isError, rank }, at): { rank: number; block: Block }[] => {
    if (!answered) return [];
    const block = {
      type: 'tool_result',
      tool_use_id: ids[at],
      content: result,
      ...(isError ? { is_error: true } : {}),
    };
    return [{ rank, block }];
  });
  const inOrderOfCompletion = results.toSorted((a, b) => a.rank - b.rank).map(({ block }) => block);
  const closing = calls.length === 0 && !saysSomething(after) ? [{ type: 'text', text: 'Go on.' }] : [];
  messages.push({ role: 'user', content: [...inOrderOfCompletion, ...after, ...closing] });
  return messages;
}

/** The lengths at which a client would have asked: a turn of the user is over. */
export function askingPoints(messages: readonly Message[]): number[] {
  return messages.flatMap((_, index) => {
    const next = messages[index + 1];
    return messages[index]?.role !== 'assistant' && (next === undefined || next.role === 'assistant')
      ? [index + 1]
      : [];
  });
}

function saysSomething(content: Message['content']): boolean {
  return typeof content === 'string' ? content !== '' : content.some((block) => block.text !== '');
}

export const tools = [
  ...declaredTools.map((name) => tool(name)),
  ...deferredTools.map((name) => tool(name, { defer_loading: true })),
].toSorted((a, b) => a.name.localeCompare(b.name));

function tool(name: string, more: object = {}) {
  return {
    name,
    description: `does ${name}`,
    input_schema: { type: 'object', properties: { a: { type: 'array' } } },
    ...more,
  };
}

/** The same conversation as a client may write it again: markers moved, strings as blocks, keys in another order. */
export function rewritten(messages: readonly Message[], marks: readonly boolean[]): readonly Message[] {
  return messages.map(({ role, content }, index) => {
    const mark = marks[index % Math.max(1, marks.length)] === true;
    const marked = mark ? { cache_control: { type: 'ephemeral' } } : {};
    if (typeof content === 'string') {
      return { role, content: mark ? [{ type: 'text', text: content, ...marked }] : content };
    }
    return { content: content.map((block) => ({ ...marked, ...reversed(block) })), role };
  });
}

function reversed(block: Block): Block {
  const entries = Object.entries(block).filter(([key]) => key !== 'type');
  return { ...Object.fromEntries(entries.toReversed()), type: block.type };
}
