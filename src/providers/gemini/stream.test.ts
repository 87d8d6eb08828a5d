import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildGemini } from '../../../test/build-gemini-request.ts';
import { foldAll, gemini, replay, testContext } from '../../../test/replay.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import {
  type CallMemory,
  type Repair,
  type SseEvent,
  type Target,
  type TranslationContext,
  UpstreamFailure,
} from '../provider.ts';
import { openGeminiStream } from './stream.ts';

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
const vertex: Target = {
  ...gemini,
  provider: 'vertex',
  baseUrl: 'https://aiplatform.googleapis.com',
  vertex: { project: 'p', location: 'global' },
};

type Json = Readonly<Record<string, unknown>>;

const chunk = (parts: readonly Json[], finishReason?: string): Json => ({
  candidates: [{ content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
});
const eventOf = (value: unknown): SseEvent => ({ event: undefined, data: JSON.stringify(value) });

function open(changes: Partial<MessagesRequest> = {}, context: Partial<TranslationContext> = {}, target = gemini) {
  return openGeminiStream({ ...request, ...changes }, target, { ...testContext(), ...context });
}

function failureOf(run: () => unknown): UpstreamFailure {
  try {
    run();
  } catch (error) {
    if (error instanceof UpstreamFailure) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('when the answer begins and ends', () => {
  test('nothing is said before there is something to show, so that the response head can wait for it', () => {
    const stream = open();
    for (const part of [{ text: '' }, { text: '\n' }, { thoughtSignature: 'c2ln' }, { futurePart: {} }]) {
      expect(stream.push(eventOf(chunk([part])))).toEqual([]);
    }
    expect(stream.push(eventOf({ usageMetadata: { promptTokenCount: 4 } }))).toEqual([]);
    const types = stream.push(eventOf(chunk([{ text: 'Now' }]))).map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['message_start', 'content_block_start']);
  });

  test('a finish reason is the last word but counts; the end of the body makes the answer whole', () => {
    const stream = open();
    expect(stream.state).toBe('open');
    stream.push(eventOf(chunk([{ text: 'Hi' }], 'STOP')));
    expect(stream.state).toBe('finished');
    stream.push(eventOf({ usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 7 } }));
    expect(stream.state).toBe('finished');
    expect(stream.end()).toMatchObject([
      { type: 'content_block_stop' },
      { type: 'message_delta', usage: { input_tokens: 100, output_tokens: 7 } },
      { type: 'message_stop' },
    ]);
    expect(stream.state).toBe('complete');
    expect(stream.push(eventOf(chunk([{ text: 'more' }])))).toEqual([]);
    expect(stream.end()).toEqual([]);
  });

  test('an upstream that goes on after its finish is not taken to be finished when it pauses', () => {
    const stream = open();
    stream.push(eventOf(chunk([{ text: 'One' }], 'STOP')));
    stream.push(eventOf(chunk([{ text: ' and two' }])));
    expect(stream.state).toBe('open');
    expect(stream.end().at(-1)?.type).toBe('message_stop');
  });

  test('a call that begins behind the finish and has no end is not made whole', () => {
    const stream = open({}, {}, vertex);
    stream.push(eventOf(chunk([{ text: 'One' }], 'STOP')));
    stream.push(eventOf(chunk([{ functionCall: { name: 'Bash', willContinue: true } }])));
    stream.push(
      eventOf(chunk([{ functionCall: { partialArgs: [{ jsonPath: '$.command', stringValue: 'rm -rf /tm' }] } }])),
    );
    expect(failureOf(() => stream.end()).kind).toBe('upstream-truncated');
  });

  test('a refused prompt is finished: nothing else will come', () => {
    const stream = open();
    expect(stream.push(eventOf({ promptFeedback: { blockReason: 'SAFETY' } }))).toEqual([]);
    expect(stream.state).toBe('finished');
  });

  test('a stop sequence stops the upstream: the state says so', () => {
    const stream = open({ stop_sequences: ['END'] });
    expect(stream.push(eventOf(chunk([{ text: 'one END two' }]))).at(-1)?.type).toBe('message_stop');
    expect(stream.state).toBe('stopped');
  });

  test('the end mark of other APIs, which a gateway may add, is passed over', () => {
    const stream = open();
    stream.push(eventOf(chunk([{ text: 'Hi' }], 'STOP')));
    expect(stream.push({ event: undefined, data: '[DONE]' })).toEqual([]);
    expect(stream.end().at(-1)?.type).toBe('message_stop');
  });
});

describe('endings that a second try may better', () => {
  const validate: Repair = { kind: 'validate-calls', scope: 'request' };
  test.each<[string, ErrorKind, Repair | undefined]>([
    ['MALFORMED_FUNCTION_CALL', 'upstream-fault', validate],
    ['UNEXPECTED_TOOL_CALL', 'upstream-fault', validate],
    ['MISSING_THOUGHT_SIGNATURE', 'upstream-fault', { kind: 'skip-signatures', scope: 'request' }],
    ['MALFORMED_RESPONSE', 'upstream-fault', undefined],
    ['OTHER', 'upstream-overloaded', undefined],
    ['LANGUAGE', 'upstream-overloaded', undefined],
  ])('%s is a failure, with what to do differently', (finish, kind, repair) => {
    const failure = failureOf(() => open().push(eventOf(chunk([], finish))));
    expect(failure.kind).toBe(kind);
    expect(failure.repair).toEqual(repair);
    expect(failure.message).toContain(finish);
  });

  test('what has been done differently already is not asked for again', () => {
    const failure = failureOf(() =>
      open({}, { repairs: [validate] }).push(eventOf(chunk([], 'MALFORMED_FUNCTION_CALL'))),
    );
    expect(failure.repair).toBeUndefined();
  });

  test('where no tool is offered, there is no call to be held to a schema', () => {
    const failure = failureOf(() => open({ tools: [] }).push(eventOf(chunk([], 'UNEXPECTED_TOOL_CALL'))));
    expect(failure.repair).toBeUndefined();
  });

  test('the words of the broken call stay out of the message: they are the model’s, and may be long', () => {
    const stream = open();
    const finish = { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'print(default_api.Bash(secret))' };
    expect(failureOf(() => stream.push(eventOf({ candidates: [finish] }))).message).not.toContain('secret');
  });
});

test('an error in a stream that tells only the word for its status', () => {
  const error = { status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded. Please retry in 12.3s' };
  const failure = failureOf(() => open().push(eventOf({ error })));
  expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 13 });
});

describe('what an answer makes us hold back has an end', () => {
  const megabyte = 'x'.repeat(1024 * 1024);
  const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
  const call = { functionCall: { name: 'Read' } };
  test.each<[string, Partial<MessagesRequest>, Json, Json]>([
    ['signatures that nothing follows', {}, call, { text: '', thoughtSignature: megabyte }],
    ['blanks that nothing follows', {}, call, { text: ' '.repeat(1024 * 1024) }],
    ['text that a search may stand before', search, call, { text: megabyte }],
    ['thoughts behind such text', search, { text: 'It begins.' }, { text: megabyte, thought: true }],
  ])('%s', (_name, changes, first, part) => {
    const stream = open(changes);
    stream.push(eventOf(chunk([first])));
    const event = eventOf(chunk([part]));
    expect(() => {
      for (let sent = 0; sent < 70; sent += 1) stream.push(event);
    }).toThrow('64 MiB');
  });
});

describe('the memory of calls', () => {
  test('holds the envelope of each signed call under the id that the client gets', () => {
    const remembered = new Map<string, string>();
    const calls: CallMemory = {
      recall: () => undefined,
      remember: (id, envelope) => void remembered.set(id, envelope),
    };
    const stream = open({}, { calls });
    const events = stream.push(
      eventOf(
        chunk([
          { functionCall: { name: 'Read', id: 'c1' }, thoughtSignature: 'c2ln' },
          { functionCall: { name: 'Read', id: 'c2' } },
        ]),
      ),
    );
    const signatures = events.flatMap((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'signature_delta' ? [event.delta.signature] : [],
    );
    expect([...remembered]).toEqual([['toolu_g_c1', signatures[0] ?? '']]);
  });

  test('a call that was cut off is not remembered: nobody can run it', () => {
    const remembered: string[] = [];
    const stream = open({}, { calls: { recall: () => undefined, remember: (id) => void remembered.push(id) } }, vertex);
    stream.push(eventOf(chunk([{ functionCall: { name: 'Read', willContinue: true }, thoughtSignature: 'c2ln' }])));
    stream.push(eventOf(chunk([], 'MAX_TOKENS')));
    stream.end();
    expect(remembered).toEqual([]);
  });
});

// A turn as a model might give it. Texts are never blank: blanks at the head of a block are not shown.
const someSignature = fc.base64String({ minLength: 4, maxLength: 12 });
const signature = fc.oneof(fc.constant(undefined), someSignature);
const words = fc
  .string({ unit: fc.constantFrom('a', 'é', '🙂', '"', '\\', '\n'), maxLength: 6 })
  .map((text) => `w${text}`);
const signed = (part: Json, thoughtSignature: string | undefined): Json =>
  thoughtSignature === undefined ? part : { ...part, thoughtSignature };
const callParts = fc
  .tuple(fc.constantFrom('Read', 'Bash'), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), signature)
  .map(([name, args, sig]) => signed({ functionCall: { name, args } }, sig));
const turns: fc.Arbitrary<readonly Json[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.tuple(words, signature).map(([text, sig]) => signed({ text }, sig)),
        fc.tuple(words, signature).map(([text, sig]) => signed({ text, thought: true }, sig)),
        someSignature.map((sig) => signed({ text: '' }, sig)),
        someSignature.map((sig) => signed({}, sig)),
        signature.map((sig) => signed({ toolCall: { toolType: 'GOOGLE_SEARCH_WEB', args: { queries: ['w'] } } }, sig)),
        fc.constant<Json>({ toolResponse: { toolType: 'GOOGLE_SEARCH_WEB', response: { found: 'w' } } }),
        callParts,
      ),
      { maxLength: 8 },
    ),
    callParts,
  )
  // Ids tell the calls apart.
  .map(([parts, last]) =>
    [...parts, last].map((part, at) =>
      isRecord(part.functionCall) ? { ...part, functionCall: { ...part.functionCall, id: `c${at}` } } : part,
    ),
  );

const bytesOf = (text: string) => new TextEncoder().encode(text);
const streamOf = (parts: readonly Json[], finish: string) =>
  [...parts.map((part) => chunk([part])), chunk([], finish)]
    .map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`)
    .join('');

/** What Gemini must get back: signed parts as they were, unsigned text joined, unsigned thoughts not at all. */
function returned(parts: readonly Json[]): readonly Json[] {
  const out: Json[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    const isThought = part.thought === true;
    const lastIsOpen = last !== undefined && last.thoughtSignature === undefined && typeof last.text === 'string';
    if (lastIsOpen && last.thought === true && (isThought || isBare(part))) {
      out[out.length - 1] = { ...last, ...part, text: `${last.text}${part.text ?? ''}`, thought: true };
    } else if (lastIsOpen && last.thought !== true && !isThought && part.text && part.thoughtSignature === undefined) {
      out[out.length - 1] = { text: `${last.text}${part.text}` };
    } else out.push(isBare(part) ? { text: '', ...part } : part);
  }
  return out.filter((part) => part.thought !== true || part.thoughtSignature !== undefined);
}

/** Nothing but a signature. */
function isBare(part: Json): boolean {
  return Object.keys(part).every((key) => key === 'thoughtSignature' || (key === 'text' && part.text === ''));
}

describe('whatever the model says', () => {
  test('each signature comes back on the very part it came on', () => {
    fc.assert(
      fc.property(turns, (parts) => {
        const { events, error } = replay({ request, target: gemini }, [bytesOf(streamOf(parts, 'STOP'))]);
        expect(error).toBeUndefined();
        const { content } = foldAll(events);
        const results = content.flatMap((block) =>
          block.type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block.id, content: 'done' }] : [],
        );
        const messages = [...request.messages, { role: 'assistant', content }, { role: 'user', content: results }];
        const built = buildGemini({ ...request, messages }, { model: gemini.model });
        const turn = built.body.contents.find(({ role }) => role === 'model')?.parts ?? [];
        const skip = 'skip_thought_signature_validator';
        const plain = turn.map(({ thoughtSignature, ...part }) =>
          thoughtSignature === undefined || thoughtSignature === skip ? part : { ...part, thoughtSignature },
        );
        expect(plain).toEqual(JSON.parse(JSON.stringify(returned(parts))));
      }),
      { numRuns: 300 },
    );
  });

  test('the answer is the same as one body and as a stream', () => {
    fc.assert(
      fc.property(turns, fc.constantFrom('STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION'), (parts, finish) => {
        for (const target of [gemini, vertex]) {
          const streamed = replay({ request, target }, [bytesOf(streamOf(parts, finish))]);
          const whole = replay({ request, target }, [bytesOf(`data: ${JSON.stringify(chunk(parts, finish))}\n\n`)]);
          expect(foldAll(streamed.events)).toEqual(foldAll(whole.events));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('anything at all is an answer or a failure, never a crash', () => {
    const anything = fc.anything({ withNullPrototype: false, maxDepth: 5 });
    const near = fc.record(
      {
        text: fc.oneof(fc.string(), anything),
        thought: fc.oneof(fc.boolean(), anything),
        thoughtSignature: fc.oneof(fc.string(), anything),
        functionCall: fc.oneof(
          fc.record(
            {
              name: fc.oneof(fc.string(), anything),
              args: anything,
              id: anything,
              willContinue: fc.oneof(fc.boolean(), anything),
              partialArgs: fc.oneof(fc.array(fc.record({ jsonPath: fc.string(), stringValue: anything })), anything),
            },
            { requiredKeys: [] },
          ),
          anything,
        ),
        inlineData: anything,
        executableCode: anything,
        codeExecutionResult: anything,
        toolCall: anything,
      },
      { requiredKeys: [] },
    );
    const candidate = fc.record(
      {
        content: fc.oneof(fc.record({ parts: fc.oneof(fc.array(near), anything) }), anything),
        finishReason: fc.oneof(fc.constantFrom('STOP', 'OTHER', 'toString', '__proto__'), anything),
        finishMessage: anything,
        index: anything,
      },
      { requiredKeys: [] },
    );
    const chunks = fc.record(
      { candidates: fc.oneof(fc.array(candidate), anything), usageMetadata: anything, promptFeedback: anything },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(chunks, anything), { maxLength: 4 }), (said) => {
        const stream = said.map((one) => `data: ${JSON.stringify(one) ?? ''}\n\n`).join('');
        replay({ request, target: gemini }, [bytesOf(stream)]);
      }),
      { numRuns: 500 },
    );
  });
});
