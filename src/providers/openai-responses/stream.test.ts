import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { MessagesGrammar } from '../../../test/messages-grammar.ts';
import { foldAll, responses, testContext } from '../../../test/replay.ts';
import { ProxyError } from '../../errors/proxy-error.ts';
import type { MessageEvent, MessagesRequest } from '../../messages/types.ts';
import type { SseEvent, TranslationContext } from '../provider.ts';
import { readResponsesAnswer } from './answer.ts';
import { openItem } from './reasoning-envelope.ts';
import { openResponsesStream } from './stream.ts';

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
const searching: MessagesRequest = { ...request, tools: [{ type: 'web_search_20250305', name: 'web_search' }] };

type Json = Readonly<Record<string, unknown>>;

const usage = { input_tokens: 100, output_tokens: 20, input_tokens_details: { cached_tokens: 64 } };
const eventOf = (value: Json): SseEvent => ({ event: undefined, data: JSON.stringify(value) });
const delta = (text: string): Json => ({
  type: 'response.output_text.delta',
  output_index: 0,
  item_id: 'm',
  delta: text,
});
const completed = (output: readonly Json[] = [], more: Json = {}): Json => ({
  type: 'response.completed',
  response: { object: 'response', status: 'completed', output, usage, ...more },
});

function open(changes: Partial<MessagesRequest> = {}, context: Partial<TranslationContext> = {}) {
  return openResponsesStream({ ...request, ...changes }, responses, { ...testContext(), ...context });
}

describe('when the answer begins and ends', () => {
  test('nothing is said before there is something to show, so that the response head can wait for it', () => {
    const stream = open();
    const item = { type: 'message', id: 'm', content: [] };
    for (const event of [
      { type: 'response.created', response: {} },
      { type: 'response.in_progress', response: {} },
      { type: 'keepalive' },
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.content_part.added', output_index: 0, part: { type: 'output_text', text: '' } },
      delta(''),
      delta('\n'),
    ]) {
      expect(stream.push(eventOf(event))).toEqual([]);
    }
    const types = stream.push(eventOf(delta('Now'))).map(({ type }) => type);
    expect(types).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
  });

  test('the last event makes the answer whole, and what follows is passed over', () => {
    const stream = open();
    stream.push(eventOf(delta('Hi')));
    expect(stream.state).toBe('open');
    expect(stream.push(eventOf(completed())).at(-1)?.type).toBe('message_stop');
    expect(stream.state).toBe('complete');
    expect(stream.push(eventOf(delta('more')))).toEqual([]);
    expect(stream.push({ event: undefined, data: '[DONE]' })).toEqual([]);
    expect(stream.end()).toEqual([]);
  });

  test('a stop sequence stops the upstream: the state says so', () => {
    const stream = open({ stop_sequences: ['END'] });
    expect(stream.push(eventOf(delta('one END two'))).at(-1)?.type).toBe('message_stop');
    expect(stream.state).toBe('stopped');
  });

  test('the word for the end of other servers is no end', () => {
    const stream = open();
    stream.push(eventOf(delta('Hi')));
    expect(stream.push({ event: undefined, data: '[DONE]' })).toEqual([]);
    expect(() => stream.end()).toThrow('before the answer was complete');
  });

  test('a window that a refusal has taught counts more than the one in the table', () => {
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    const endOf = (model: string) => {
      const repairs = [{ scope: 'model', kind: 'limit-context', maximum: 120 } as const];
      const stream = openResponsesStream(request, { ...responses, model }, { ...testContext(), repairs });
      stream.push(eventOf(delta('Cut')));
      return stream.push(eventOf(completed([], incomplete))).at(-2);
    };
    expect(endOf('gpt-4.1')).toMatchObject({ delta: { stop_reason: 'model_context_window_exceeded' } });
    // A limit of the prompt alone is no window.
    expect(endOf('gpt-5.4')).toMatchObject({ delta: { stop_reason: 'max_tokens' } });
  });
});

test('reasoning that nobody encrypts travels in the signature where the client wants none shown', () => {
  const own = { ...responses, baseUrl: 'http://localhost:9000/v1' };
  const wordsIn = (target: typeof own, thinking: NonNullable<MessagesRequest['thinking']>) => {
    const stream = openResponsesStream({ ...request, thinking }, target, testContext());
    const item = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] };
    const { content } = foldAll(stream.push(eventOf(completed([item, { type: 'message', content: [] }]))));
    return content.map(
      (block) => block.type === 'thinking' && [block.thinking, openItem(block.signature, target)?.words],
    );
  };
  expect(wordsIn(own, { type: 'adaptive', display: 'omitted' })).toEqual([['', ['Hm.']]]);
  expect(wordsIn(own, { type: 'adaptive' })).toEqual([['Hm.', []]]);
  // OpenAI takes no words back.
  expect(wordsIn(responses, { type: 'adaptive', display: 'omitted' })).toEqual([]);
});

describe('the reasoning before a call is remembered for clients that throw it away', () => {
  const reasoning = (encrypted: string) => ({ type: 'reasoning', summary: [], encrypted_content: encrypted });
  const call = (id: string, more: Json = {}) => ({
    type: 'function_call',
    call_id: id,
    name: 'Read',
    arguments: '{}',
    ...more,
  });
  const message = { type: 'message', content: [{ type: 'output_text', text: 'I read.' }] };

  function remembered(output: readonly Json[], more: Json = {}): Record<string, string | undefined> {
    const found: Record<string, string | undefined> = {};
    const calls = {
      recall: () => undefined,
      remember: (id: string, envelope: string) => {
        found[id] = openItem(envelope, responses)?.encrypted;
      },
    };
    open({}, { calls }).push(eventOf(completed(output, more)));
    return found;
  }

  test('the first call behind it has it', () => {
    expect(remembered([reasoning('one'), call('a'), call('b'), reasoning('two'), call('c')])).toEqual({
      a: 'one',
      c: 'two',
    });
  });

  test('a message in between makes no difference', () => {
    expect(remembered([reasoning('one'), message, call('a')])).toEqual({ a: 'one' });
  });

  test('nothing is remembered of half a call, nor without reasoning', () => {
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(remembered([reasoning('one'), call('a', { arguments: '{"path' })], incomplete)).toEqual({});
    expect(remembered([call('a')])).toEqual({});
  });

  test('it is kept by the id that the client will know', () => {
    const messages = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'Read', input: {} }] },
    ] as const;
    const found: string[] = [];
    const calls = { recall: () => undefined, remember: (id: string) => void found.push(id) };
    const events = open({ messages }, { calls }).push(eventOf(completed([reasoning('one'), call('a')])));
    const ids = events.flatMap((event) =>
      event.type === 'content_block_start' && event.content_block.type === 'tool_use' ? [event.content_block.id] : [],
    );
    expect(ids).toEqual(found);
    expect(ids).not.toEqual(['a']);
  });
});

test('arguments for a call that was whole, and so may have been run, are a fault of the upstream', () => {
  const stream = open();
  const begin = (at: number) => {
    const item = { type: 'function_call', call_id: `call_${at}`, name: 'Read', arguments: '' };
    return { type: 'response.output_item.added', output_index: at, item };
  };
  const more = (at: number, delta: string) =>
    stream.push(eventOf({ type: 'response.function_call_arguments.delta', output_index: at, delta }));
  stream.push(eventOf(begin(0)));
  more(0, '{"a":1}');
  stream.push(eventOf(begin(1)));
  expect(more(0, ' \n')).toEqual([]);
  expect(() => more(0, ',"b":2}')).toThrow('went on with a tool call that was complete');
});

// A response as a model might give it, and the ways servers stream it.
const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '🙂', '"', '\\', 'é'), maxLength: 12 });
const input = fc.dictionary(fc.string(), fc.jsonValue());
const item: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    type: fc.constant('reasoning'),
    summary: fc.array(
      words.map((text) => ({ type: 'summary_text', text })),
      { maxLength: 3 },
    ),
    encrypted_content: fc.option(fc.stringMatching(/^g[A-Za-z0-9_-]{1,20}$/)),
  }),
  fc.record({
    type: fc.constant('message'),
    phase: fc.option(fc.constantFrom('commentary', 'final_answer')),
    content: fc.array(
      words.map((text) => ({ type: 'output_text', text, annotations: [] })),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constant('function_call'),
    call_id: fc.stringMatching(/^call_[a-z]{1,3}$/),
    name: fc.constantFrom('Read', 'Bash'),
    arguments: input.map((value) => JSON.stringify(value)),
  }),
  fc.constant({ type: 'image_generation_call', result: 'AAAA' }),
);
const output = fc.array(item, { maxLength: 6 }).map((items) => items.map((one, at) => ({ ...one, id: `item_${at}` })));

/** Which of the events that say the same twice a server sends. */
const manners = fc.record({
  piece: fc.integer({ min: 1, max: 7 }),
  beginnings: fc.boolean(),
  pieces: fc.boolean(),
  ends: fc.boolean(),
  endsTwice: fc.boolean(),
  places: fc.boolean(),
});
type Manners = typeof manners extends fc.Arbitrary<infer M> ? M : never;

function streamOf(items: readonly Json[], { piece, beginnings, pieces, ends, endsTwice, places }: Manners): Json[] {
  const events: Json[] = [];
  const cut = (text: string) => text.match(new RegExp(`[\\s\\S]{1,${piece}}`, 'g')) ?? [];
  for (const [index, one] of items.entries()) {
    const about = { item_id: one.id, ...(places ? { output_index: index } : {}) };
    const say = (type: string, more: Json) => events.push({ type: `response.${type}`, ...about, ...more });
    if (beginnings)
      say('output_item.added', {
        item: { ...one, summary: [], content: [], arguments: '', encrypted_content: 'half' },
      });
    if (beginnings && pieces) {
      for (const [at, part] of partsOf(one.summary)) {
        for (const text of cut(part)) say('reasoning_summary_text.delta', { summary_index: at, delta: text });
        if (ends) say('reasoning_summary_text.done', { summary_index: at, text: part });
      }
      for (const [at, part] of partsOf(one.content)) {
        for (const text of cut(part)) say('output_text.delta', { content_index: at, delta: text });
        if (ends) say('output_text.done', { content_index: at, text: part });
      }
      if (typeof one.arguments === 'string') {
        for (const text of cut(one.arguments)) say('function_call_arguments.delta', { delta: text });
        if (ends) say('function_call_arguments.done', { arguments: one.arguments });
      }
    }
    for (let times = 0; times < (endsTwice ? 2 : 1); times += 1) say('output_item.done', { item: one });
  }
  return [...events, completed(pieces ? items : [])];
}

function partsOf(parts: unknown): [number, string][] {
  const texts = Array.isArray(parts) ? parts.map((part: { text: string }) => part.text) : [];
  return [...texts.entries()];
}

test('however a server streams it, the answer is the one that its body would be', () => {
  fc.assert(
    fc.property(output, manners, (items, how) => {
      const whole = foldAll(
        readResponsesAnswer(JSON.stringify(completed(items).response), request, responses, testContext()),
      );
      const stream = open();
      const events = streamOf(items, how).flatMap((event) => stream.push(eventOf(event)));
      // Cut into pieces, text may begin with blanks that a whole text hides; nothing else differs.
      expect(foldAll(events)).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

const kinds = ['reasoning', 'message', 'function_call', 'web_search_call', 'mcp_call', '', null, 7];
const types = [
  ...['created', 'completed', 'incomplete', 'failed', 'cancelled', 'output_item.added', 'output_item.done'],
  ...[
    'output_text.delta',
    'output_text.done',
    'output_text.annotation.added',
    'content_part.added',
    'content_part.done',
  ],
  ...['refusal.delta', 'refusal.done', 'function_call_arguments.delta', 'function_call_arguments.done'],
  ...[
    'reasoning_summary_part.done',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_text.delta',
  ],
  ...['reasoning_text.done', 'web_search_call.completed', 'what.is.this'],
].map((type) => `response.${type}`);
const odd = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', '', '{"a":1}', '{"a"', 'commentary', '\n', 'call_1', 'Read') },
  fc.constantFrom(null, true, -1, 0, 1, 2 ** 40, Number.NaN, [], [null], {}),
  fc.jsonValue(),
);
const url = fc.constantFrom('https://a.test/1', 'https://b.test', 'no address', null, 7);
const anyItem = fc.record(
  {
    type: fc.constantFrom(...kinds),
    id: fc.constantFrom('i', 'j', null, 7, 'ws-1!'),
    status: odd,
    phase: odd,
    name: odd,
    call_id: odd,
    arguments: odd,
    encrypted_content: odd,
    summary: fc.oneof(odd, fc.array(fc.record({ text: odd }))),
    content: fc.oneof(
      odd,
      fc.array(
        fc.record({
          type: odd,
          text: odd,
          refusal: odd,
          annotations: fc.array(fc.record({ type: fc.constant('url_citation'), url, title: odd })),
        }),
      ),
    ),
    action: fc.oneof(
      odd,
      fc.record({
        type: fc.constantFrom('search', 'open_page', null),
        query: odd,
        queries: odd,
        sources: fc.oneof(odd, fc.array(fc.record({ url }))),
      }),
    ),
  },
  { requiredKeys: [] },
);
const anyEvent = fc.record(
  {
    type: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...types) },
      fc.constantFrom('error', 'keepalive', null, 7, undefined),
    ),
    output_index: fc.constantFrom(0, 0, 1, 2, -1, 0.5, null),
    item_id: fc.constantFrom('i', 'j', null, 7),
    content_index: odd,
    summary_index: odd,
    item: fc.oneof({ weight: 5, arbitrary: anyItem }, odd),
    part: odd,
    delta: odd,
    text: odd,
    refusal: odd,
    arguments: odd,
    annotation: fc.oneof(odd, fc.record({ type: fc.constant('url_citation'), url, title: odd })),
    response: fc.oneof(
      odd,
      fc.record(
        {
          status: fc.constantFrom('completed', 'incomplete', 'failed', 'queued', null),
          output: fc.oneof(odd, fc.array(anyItem)),
          usage: odd,
          incomplete_details: odd,
          error: odd,
        },
        { requiredKeys: [] },
      ),
    ),
    error: fc.constantFrom(undefined, undefined, undefined, null, 'broken', { message: 'broken' }),
  },
  { requiredKeys: ['type'] },
);

test('whatever an upstream sends, the client gets a legal answer or a failure that has a name', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 12 }),
      fc.constantFrom(request, searching),
      fc.boolean(),
      (sent, asked, ends) => {
        const stream = openResponsesStream({ ...asked, stop_sequences: ends ? ['a'] : [] }, responses, testContext());
        const grammar = new MessagesGrammar();
        const check = (events: readonly MessageEvent[]) => {
          for (const event of events) grammar.add(event);
        };
        try {
          for (const event of sent) check(stream.push(eventOf(event)));
          check(stream.end());
        } catch (error) {
          if (!(error instanceof ProxyError)) throw error;
          expect(grammar.complete).toBe(false);
          return;
        }
        expect(grammar.complete).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
}, 20_000);
