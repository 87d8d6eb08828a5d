import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { foldAll, openAi, replay, testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { SseEvent } from '../provider.ts';
import { readChatAnswer } from './answer.ts';
import { openChatStream } from './stream.ts';

const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Go on.' }],
  tools: [
    { name: 'Read', input_schema: { type: 'object' } },
    { name: 'Bash', input_schema: { type: 'object' } },
  ],
  thinking: { type: 'adaptive' },
};
const usage = { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 64 } };

type Json = Readonly<Record<string, unknown>>;

const chunk = (delta: Json, finish: string | null = null): Json => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const eventOf = (value: Json): SseEvent => ({ event: undefined, data: JSON.stringify(value) });
const done: SseEvent = { event: undefined, data: '[DONE]' };

function open(changes: Partial<MessagesRequest> = {}) {
  return openChatStream({ ...request, ...changes }, openAi, testContext());
}

describe('when the answer begins and ends', () => {
  test('nothing is said before there is something to show, so that the response head can wait for it', () => {
    const stream = open();
    for (const delta of [{ role: 'assistant', content: '' }, { content: null }, { content: '\n' }, {}]) {
      expect(stream.push(eventOf(chunk(delta)))).toEqual([]);
    }
    expect(stream.push(eventOf({ choices: [], usage }))).toEqual([]);
    const types = stream.push(eventOf(chunk({ content: 'Now' }))).map(({ type }) => type);
    expect(types).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
  });

  test('the answer is complete at [DONE], not at its finish reason; what follows is passed over', () => {
    const stream = open();
    expect(stream.state).toBe('open');
    stream.push(eventOf(chunk({ content: 'Hi' }, 'stop')));
    expect(stream.state).toBe('finished');
    stream.push(eventOf({ choices: [], usage }));
    expect(stream.push(done).at(-1)?.type).toBe('message_stop');
    expect(stream.state).toBe('complete');
    expect(stream.push(eventOf(chunk({ content: 'more' })))).toEqual([]);
    expect(stream.end()).toEqual([]);
  });

  test('a server that goes on after its finish is not taken to be finished when it pauses', () => {
    const stream = open();
    for (const piece of ['One', ' and', ' two']) stream.push(eventOf(chunk({ content: piece }, 'stop')));
    expect(stream.state).toBe('open');
    expect(stream.end().at(-1)?.type).toBe('message_stop');
  });

  test('the word null is no finish reason', () => {
    const stream = open();
    stream.push(eventOf(chunk({ content: 'One' }, 'null')));
    expect(stream.state).toBe('open');
    expect(() => stream.end()).toThrow('before the answer was complete');
  });

  test('a stop sequence stops the upstream: the state says so', () => {
    const stream = open({ stop_sequences: ['END'] });
    expect(stream.push(eventOf(chunk({ content: 'one END two' }))).at(-1)?.type).toBe('message_stop');
    expect(stream.state).toBe('stopped');
  });

  test('a window that a refusal has taught counts more than the one in the table', () => {
    const taught = { ...testContext(), repairs: [{ scope: 'model', kind: 'limit-context', maximum: 120 } as const] };
    const stream = openChatStream(request, openAi, taught);
    stream.push(eventOf(chunk({ content: 'Full' }, 'length')));
    stream.push(eventOf({ choices: [], usage }));
    const end = stream.push(done).at(-2);
    expect(end).toMatchObject({ delta: { stop_reason: 'model_context_window_exceeded' } });
  });

  test('a limit of the prompt alone is no window: the answer was cut by its own length', () => {
    const taught = { ...testContext(), repairs: [{ scope: 'model', kind: 'limit-context', maximum: 120 } as const] };
    const stream = openChatStream(request, { ...openAi, model: 'gpt-5' }, taught);
    stream.push(eventOf(chunk({ content: 'Cut' }, 'length')));
    stream.push(eventOf({ choices: [], usage }));
    expect(stream.push(done).at(-2)).toMatchObject({ delta: { stop_reason: 'max_tokens' } });
  });
});

test('arguments that begin with the same piece twice keep both: only whole arguments are a repetition', () => {
  const stream = open();
  const call = (piece: string, more: Json = {}) =>
    stream.push(eventOf(chunk({ tool_calls: [{ index: 0, ...more, function: { name: 'Read', arguments: piece } }] })));
  const pieces = ['{"a":', '{"a":', '1}}', '{"a":{"a":1}}'];
  const events = pieces.flatMap((piece) => call(piece, { id: 'call_1' }));
  expect(foldAll([...events, ...stream.push(done)]).content).toMatchObject([{ input: { a: { a: 1 } } }]);
});

// An answer as a model might give it, and the ways servers cut it into chunks.
interface Answer {
  readonly reasoning: string;
  readonly content: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: Json }[];
  readonly finish: 'stop' | 'tool_calls' | 'length' | 'content_filter';
}

const text = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\n', '<think>', '</think>', '🙂', '"', '\\', 'é'),
  maxLength: 12,
});
const answers: fc.Arbitrary<Answer> = fc.record({
  reasoning: fc.oneof(fc.constant(''), text),
  content: fc.oneof(fc.constant(''), text),
  calls: fc
    .array(fc.record({ name: fc.constantFrom('Read', 'Bash'), input: fc.dictionary(fc.string(), fc.jsonValue()) }), {
      maxLength: 4,
    })
    .map((calls) => calls.map((call, at) => ({ ...call, id: `call_${at}` }))),
  finish: fc.constantFrom('stop', 'tool_calls', 'length', 'content_filter'),
});

/** How one server streams; every choice a habit that was seen. */
const habits = fc.record({
  pieceLength: fc.integer({ min: 1, max: 9 }),
  /** Picks which call the next piece comes from. */
  order: fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }),
  idsRepeated: fc.boolean(),
  namesRepeated: fc.boolean(),
  lateName: fc.boolean(),
  indexes: fc.boolean(),
  field: fc.constantFrom('reasoning_content', 'reasoning'),
  usageIn: fc.constantFrom('own chunk', 'finish', 'first'),
  done: fc.boolean(),
});
type Habits = typeof habits extends fc.Arbitrary<infer H> ? H : never;

function pieces(whole: string, length: number): string[] {
  return Array.from({ length: Math.ceil(whole.length / length) }, (_, at) =>
    whole.slice(at * length, (at + 1) * length),
  );
}

function streamOf(answer: Answer, habit: Habits): SseEvent[] {
  const chunks: Json[] = [chunk({ role: 'assistant', content: '' })];
  for (const piece of pieces(answer.reasoning, habit.pieceLength)) chunks.push(chunk({ [habit.field]: piece }));
  for (const piece of pieces(answer.content, habit.pieceLength)) chunks.push(chunk({ content: piece }));
  for (const entry of callEntries(answer, habit)) chunks.push(chunk({ tool_calls: [entry] }));
  const last = chunk({}, answer.finish);
  if (habit.usageIn === 'finish') chunks.push({ ...last, usage });
  else chunks.push(last);
  if (habit.usageIn === 'first') chunks[0] = { ...chunks[0], usage };
  if (habit.usageIn === 'own chunk') chunks.push({ choices: [], usage });
  const events = chunks.map(eventOf);
  return habit.done ? [...events, done] : events;
}

/** The calls' pieces, each call in order, the calls begun in order and otherwise interleaved. */
function callEntries(answer: Answer, habit: Habits): Json[] {
  const waiting = answer.calls.map(({ id, name, input }, index) => {
    // Without indexes only ids tell the pieces apart.
    const tagged = { ...(habit.indexes ? { index } : {}), ...(habit.idsRepeated || !habit.indexes ? { id } : {}) };
    const named = (piece: string, at: number) =>
      at === (habit.lateName ? 1 : 0) || (habit.namesRepeated && at > 0)
        ? { name, arguments: piece }
        : { arguments: piece };
    const parts = ['', ...pieces(JSON.stringify(input), habit.pieceLength)];
    return parts.map((piece, at) => ({
      ...tagged,
      ...(at === 0 ? { id, type: 'function' } : {}),
      function: named(piece, at),
    }));
  });
  const entries: Json[] = [];
  let begun = 0;
  for (let step = 0; waiting.some((parts) => parts.length > 0); step += 1) {
    const wish = (habit.order[step % habit.order.length] ?? 0) + (step >= habit.order.length ? step : 0);
    const candidates = waiting.filter((parts, at) => parts.length > 0 && at <= begun);
    const parts = candidates[wish % candidates.length] ?? [];
    if (waiting.indexOf(parts) === begun) begun += 1;
    const entry = parts.shift();
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function bodyOf(answer: Answer, field: string): string {
  const calls = answer.calls.map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  const message = {
    role: 'assistant',
    content: answer.content,
    ...(answer.reasoning === '' ? {} : { [field]: answer.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: answer.finish }],
    usage,
  });
}

test('however a server streams an answer, it is legal and folds to what the plain answer is', () => {
  fc.assert(
    fc.property(answers, habits, fc.constantFrom([], ['ab', '\n\n']), (answer, habit, stops) => {
      const asked: MessagesRequest = { ...request, stop_sequences: [...stops] };
      const bytes = streamOf(answer, habit).map(({ data }) => new TextEncoder().encode(`data: ${data}\n\n`));
      const streamed = foldAll(replay({ request: asked, target: openAi }, bytes).events);
      const plain = foldAll(readChatAnswer(bodyOf(answer, habit.field), asked, openAi, testContext()));
      // A stream that a stop sequence ends has not been told its usage yet.
      if (plain.stop_reason === 'stop_sequence') expect({ ...streamed, usage: plain.usage }).toEqual(plain);
      else expect(streamed).toEqual(plain);
    }),
    { numRuns: 400 },
  );
});

test('whatever nonsense a server sends, the client gets a legal stream or an error that is one of ours', () => {
  const any = fc.oneof(
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 2, arbitrary: fc.constantFrom(null, '', 0, '{}', 'Read', 'stop') },
  );
  const called = fc.record({ name: any, arguments: any }, { requiredKeys: [] });
  const entry = fc.record({ index: any, id: any, function: fc.oneof(called, any) }, { requiredKeys: [] });
  const detail = fc.record({ type: any, text: any, summary: any, data: any, index: any }, { requiredKeys: [] });
  const delta = fc.record(
    {
      content: any,
      refusal: any,
      reasoning: any,
      reasoning_content: any,
      reasoning_details: fc.oneof(fc.array(fc.oneof(detail, any), { maxLength: 3 }), any),
      tool_calls: fc.oneof(fc.array(fc.oneof(entry, any), { maxLength: 3 }), any),
      function_call: fc.oneof(called, any),
    },
    { requiredKeys: [] },
  );
  const choice = fc.record(
    {
      index: fc.constantFrom(0, 0, 0, 1, null),
      delta,
      message: delta,
      finish_reason: any,
      stop_reason: any,
      usage: any,
    },
    { requiredKeys: [] },
  );
  const nonsense = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record(
        { choices: fc.oneof(fc.array(choice, { maxLength: 2 }), any), usage: any, service_tier: any, x_groq: any },
        { requiredKeys: ['choices'] },
      ),
    },
    { weight: 1, arbitrary: any },
  );
  let whole = 0;
  fc.assert(
    fc.property(fc.array(nonsense, { maxLength: 8 }), fc.boolean(), (chunks, isDone) => {
      const lines = chunks
        .map((value) => `data: ${JSON.stringify(value)}\n\n`)
        .concat(isDone ? ['data: [DONE]\n\n'] : []);
      // `replay` checks the grammar and lets nothing through that is no ProxyError.
      const { error } = replay(
        { request, target: openAi },
        lines.map((line) => new TextEncoder().encode(line)),
      );
      if (error === undefined) whole += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(whole).toBeGreaterThan(50);
});
