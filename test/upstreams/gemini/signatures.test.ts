import { afterEach, expect, test } from 'bun:test';
import { isRecord } from '../json.ts';
import { callTool, interleave, type Reply, say, think } from '../script.ts';
import { type FakeGemini, type FakeGeminiOptions, startFakeGemini } from './fake-gemini.ts';
import type { Platform } from './gemini-request.ts';
import { type Body, call, pathOf, readJson, skip } from './request-samples.ts';

const started: FakeGemini[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((fake) => fake.stop()));
});

type Options = Partial<FakeGeminiOptions>;

async function start(reply: Reply, options: Options = {}): Promise<FakeGemini> {
  const fake = await startFakeGemini({ platform: 'ai-studio', model: () => reply, ...options });
  started.push(fake);
  return fake;
}

const asked = { role: 'user', parts: [{ text: 'Read it.' }] };
const newTurn = { role: 'user', parts: [{ text: 'And now?' }] };
const gemini3 = 'gemini-3-flash-preview';

interface Told {
  readonly platform?: Platform;
  readonly model?: string;
  readonly config?: Body;
}

/** One call of the fake; what it answered. */
async function tell(
  fake: FakeGemini,
  contents: Body[],
  { platform = 'ai-studio', model = gemini3, config = {} }: Told = {},
) {
  const body = { contents, generationConfig: config };
  return readJson(await call(fake, pathOf(platform, model, 'generateContent'), body));
}

/** The parts of the model's turn. */
async function partsOf(fake: FakeGemini, told: Told = {}): Promise<readonly Body[]> {
  const answer = await tell(fake, [asked], told);
  const [candidate]: unknown[] = Array.isArray(answer.candidates) ? answer.candidates : [];
  const content = isRecord(candidate) && isRecord(candidate.content) ? candidate.content : {};
  return Array.isArray(content.parts) ? content.parts.filter(isRecord) : [];
}

function responsesTo(parts: readonly Body[], more: readonly Body[] = []): Body {
  const responses = parts.flatMap(({ functionCall: one }) =>
    isRecord(one)
      ? [
          {
            functionResponse: {
              name: one.name,
              ...(one.id === undefined ? {} : { id: one.id }),
              response: { output: '' },
            },
          },
        ]
      : [],
  );
  return { role: 'user', parts: [...responses, ...more] };
}

/** Sends the model's turn back, and gives the message of the refusal, if it was one. */
async function returned(
  fake: FakeGemini,
  parts: readonly Body[],
  told: Told = {},
  behind: Body[] = [],
): Promise<unknown> {
  const isCall = parts.some((part) => part.functionCall !== undefined);
  const next = isCall ? [responsesTo(parts)] : [newTurn];
  const { error } = await tell(fake, [asked, { role: 'model', parts }, ...next, ...behind], told);
  return isRecord(error) ? error.message : undefined;
}

function without(part: Body | undefined, field: string): Body {
  return Object.fromEntries(Object.entries(part ?? {}).filter(([name]) => name !== field));
}

const missing =
  'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:Read` , position 2. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.';
const twoCalls = [interleave(callTool('Read', { path: 'a' }), callTool('Read', { path: 'b' }))];

test('of parallel calls only the first is signed, and both go back as they came', async () => {
  const fake = await start(twoCalls);
  const parts = await partsOf(fake);
  expect(parts.map((part) => typeof part.thoughtSignature)).toEqual(['string', 'undefined']);
  expect(await returned(fake, parts)).toBeUndefined();
});

test('without its signature the first call is refused, with the words of each platform', async () => {
  const fake = await start(twoCalls);
  const [first, second] = await partsOf(fake);
  expect(await returned(fake, [without(first, 'thoughtSignature'), { ...second }])).toBe(missing);

  const told = { platform: 'vertex' } as const;
  const vertex = await start(twoCalls, told);
  const [onVertex, beside] = await partsOf(vertex, told);
  expect(await returned(vertex, [without(onVertex, 'thoughtSignature'), { ...beside }], told)).toBe(
    'Unable to submit request because function call `Read` in the 2. content block is missing a `thought_signature`. Learn more: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures',
  );
});

test('a signature on another call, on other arguments or altered is corrupted', async () => {
  const fake = await start(twoCalls);
  const [first, second] = await partsOf(fake);
  const { thoughtSignature } = { ...first };
  const text = String(thoughtSignature);
  const swapped = [without(first, 'thoughtSignature'), { ...second, thoughtSignature }];
  const changed = { name: 'Read', args: { path: 'c' } };
  const corrupted = 'Corrupted thought signature.';
  expect(await returned(fake, swapped)).toBe(corrupted);
  expect(await returned(fake, [{ functionCall: changed, thoughtSignature }])).toBe(corrupted);
  expect(await returned(fake, [{ ...first, thoughtSignature: `AAAA${text.slice(4)}` }, { ...second }])).toBe(corrupted);
});

test('a call may come back with the defaults of its tool filled in', async () => {
  const fake = await start(twoCalls);
  const [first, second] = await partsOf(fake);
  const call = Object(first?.functionCall);
  const filled = { ...call, args: { all: false, ...call.args } };
  expect(await returned(fake, [{ ...first, functionCall: filled }, { ...second }])).toBeUndefined();
});

test('a call keeps the id it was given', async () => {
  const fake = await start(twoCalls);
  const free = await start(twoCalls, { rules: { callIds: 'free' } });
  const renamed = async (from: FakeGemini, id: string | undefined) => {
    const [first, second] = await partsOf(from);
    const { name, args } = Object(first?.functionCall);
    return [{ ...first, functionCall: { name, args, ...(id === undefined ? {} : { id }) } }, { ...second }];
  };
  expect(await returned(fake, await renamed(fake, 'toolu_1'))).toContain(
    'Please ensure that function calls keep their ids',
  );
  expect(await returned(fake, await renamed(fake, undefined))).toContain('got `undefined`.');
  expect(await returned(free, await renamed(free, 'toolu_1'))).toBeUndefined();
});

test('a signature is worth nothing on the other platform and to another generation', async () => {
  const aiStudio = await start(twoCalls);
  const vertex = await start(twoCalls, { platform: 'vertex' });
  const parts = await partsOf(aiStudio);
  const bare = parts.map((part) => ({ ...part, functionCall: without({ ...Object(part.functionCall) }, 'id') }));
  expect(await returned(vertex, bare, { platform: 'vertex' })).toContain('because Thought signature is not valid.');
  expect(await returned(aiStudio, parts, { model: 'gemini-4-argon' })).toBe('Corrupted thought signature.');
  expect(await returned(aiStudio, parts, { model: 'gemini-3.8-flash' })).toBeUndefined();
});

test('the documented values skip the check; one of them is unknown to Vertex AI', async () => {
  const other = 'context_engineering_is_the_way_to_go';
  const callWith = (thoughtSignature: string) => [{ functionCall: { name: 'Read' }, thoughtSignature }];
  const fake = await start([]);
  const vertex = await start([], { platform: 'vertex' });
  expect(await returned(fake, callWith(skip))).toBeUndefined();
  expect(await returned(fake, callWith(other))).toBeUndefined();
  expect(await returned(vertex, callWith(skip), { platform: 'vertex' })).toBeUndefined();
  expect(await returned(vertex, callWith(other), { platform: 'vertex' })).toContain('signature is not valid');
});

test('generation 2.5 takes calls without a signature, but no false one', async () => {
  const fake = await start([]);
  const model = 'gemini-2.5-flash';
  const part = { functionCall: { name: 'Read' } };
  expect(await returned(fake, [part], { model })).toBeUndefined();
  expect(await returned(fake, [{ ...part, thoughtSignature: 'AAAA' }], { model })).toBe('Corrupted thought signature.');
});

test('turns before what the user wrote last need no signature, unless every step is to be signed', async () => {
  const behind = [{ role: 'model', parts: [{ text: 'Done.' }] }, newTurn];
  const unsigned = [{ functionCall: { name: 'Read' } }];
  const fake = await start([]);
  expect(await returned(fake, unsigned)).toBe(missing);
  expect(await returned(fake, unsigned, {}, behind)).toBeUndefined();
  const strict = await start([], { rules: { signedSteps: 'all' } });
  expect(await returned(strict, unsigned, {}, behind)).toBe(missing);
});

test('text beside the responses does not end the turn', async () => {
  const fake = await start([]);
  const parts = [{ functionCall: { name: 'Read' } }];
  const contents = [asked, { role: 'model', parts }, responsesTo(parts, [{ text: 'A reminder.' }])];
  expect(await tell(fake, contents)).toMatchObject({ error: { message: missing } });
});

test('the signature of a text comes on a last part without text, and is bound to its place behind it', async () => {
  const fake = await start([say('It says so.')], { style: { textSignature: 'own-part' } });
  const path = pathOf('ai-studio', gemini3, 'streamGenerateContent?alt=sse');
  const streamed = await (await call(fake, path, { contents: [asked] })).text();
  const thoughtSignature = /"text":"","thoughtSignature":"([^"]+)"/.exec(streamed)?.[1] ?? '';
  const own = { text: '', thoughtSignature };
  expect(await returned(fake, [{ text: 'It says so.' }, own])).toBeUndefined();
  expect(await returned(fake, [{ text: 'It says ' }, { text: 'so.' }, own])).toBeUndefined();
  const corrupted = 'Corrupted thought signature.';
  expect(await returned(fake, [{ text: 'It says' }, own])).toBe(corrupted);
  expect(await returned(fake, [own, { text: 'It says so.' }])).toBe(corrupted);
  expect(await returned(fake, [{ text: 'It says so.', thoughtSignature }])).toBe(corrupted);
});

test('on Vertex AI, which takes no empty text, the signature of a text comes back on the text', async () => {
  const told = { platform: 'vertex' } as const;
  const fake = await start([say('It says so.')], told);
  const path = pathOf('vertex', gemini3, 'streamGenerateContent?alt=sse');
  const streamed = await (await call(fake, path, { contents: [asked] })).text();
  const thoughtSignature = /"text":"","thoughtSignature":"([^"]+)"/.exec(streamed)?.[1] ?? '';
  expect(await returned(fake, [{ text: 'It says so.', thoughtSignature }], told)).toBeUndefined();
  expect(await returned(fake, [{ text: 'so.', thoughtSignature }], told)).toContain('signature is not valid');
});

test('a signed piece of a text goes back as that piece and no longer one', async () => {
  const fake = await start([say('It says so.', 2)], { style: { textSignature: 'first-piece' } });
  const path = pathOf('ai-studio', gemini3, 'streamGenerateContent?alt=sse');
  const streamed = await (await call(fake, path, { contents: [asked] })).text();
  const [, text = '', thoughtSignature = ''] = /"text":"([^"]+)","thoughtSignature":"([^"]+)"/.exec(streamed) ?? [];
  expect(text).toBe('It say');
  expect(await returned(fake, [{ text, thoughtSignature }, { text: 's so.' }])).toBeUndefined();
  expect(await returned(fake, [{ text: 'It says so.', thoughtSignature }])).toBe('Corrupted thought signature.');
});

test('where the thought before a call carries the signature, the thought must come back', async () => {
  const reply = [think('I should read.'), callTool('Read', { path: 'a' })];
  const fake = await start(reply, { style: { callSignature: 'thought' } });
  const parts = await partsOf(fake, { config: { thinkingConfig: { includeThoughts: true } } });
  expect(parts.map((part) => typeof part.thoughtSignature)).toEqual(['string', 'undefined']);
  expect(await returned(fake, parts)).toBeUndefined();
  expect(await returned(fake, parts.slice(1))).toBe(missing);
});

test('a thought without signature may come back where it was had, and nobody else has had it', async () => {
  const fake = await start([think('I should read.'), callTool('Read', { path: 'a' })]);
  const config = { thinkingConfig: { includeThoughts: true } };
  const [thought, signed] = await partsOf(fake, { config });
  expect(await returned(fake, [{ ...thought }, { ...signed }])).toBeUndefined();
  const foreign = { text: 'I am someone else.', thought: true };
  expect(await returned(fake, [foreign, { ...signed }])).toBe(
    'Thought part contents[1].parts[0] is missing a thought_signature.',
  );
});
