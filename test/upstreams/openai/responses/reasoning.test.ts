import { afterEach, expect, test } from 'bun:test';
import { callTool, say, think } from '../../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../fake-openai.ts';
import { ask, type Body, expectRefused, givenBack, outputOf, post, result, said, user } from './request-samples.ts';

const summaries: Body = { reasoning: { summary: 'auto' } };
let fake: FakeOpenAi;
afterEach(() => fake.stop());

/** A first turn with reasoning around a call, and the items that it gave. */
async function begun(): Promise<readonly Body[]> {
  const turns = [
    [
      think('First.\n\nThen.'),
      say('I look.'),
      callTool('Read', {}, { id: 'call_1' }),
      think('And the other.'),
      callTool('Read', {}, { id: 'call_2' }),
    ],
    [think('All is there.'), say('Done.')],
    [say('Still done.')],
  ];
  fake = await startFakeOpenAi({ responses: ({ index }) => turns[index] ?? [], apiKey: 'sk-right' });
  return outputOf(fake, ask([user], summaries));
}
const outputs = [result('call_1'), result('call_2')];

test('reasoning is one item with its summary in parts, encrypted only where that was asked for', async () => {
  const output = await begun();
  expect(output.map(({ type }) => type)).toEqual([
    'reasoning',
    'message',
    'function_call',
    'reasoning',
    'function_call',
  ]);
  expect(output[0]).toMatchObject({
    id: expect.stringMatching(/^rs_/),
    summary: [
      { type: 'summary_text', text: 'First.' },
      { type: 'summary_text', text: 'Then.' },
    ],
    encrypted_content: expect.stringMatching(/^gAAAA/),
  });
  const plain = await outputOf(fake, { model: 'gpt-5', input: 'Hi' });
  expect(plain[0]).toMatchObject({ type: 'reasoning', summary: [] });
  expect(plain[0]).not.toHaveProperty('encrypted_content');
});

test('a model that does not reason, and one that was told not to, has no reasoning items', async () => {
  fake = await startFakeOpenAi({ responses: () => [think('Hm.'), say('Hi')], apiKey: 'sk-right' });
  const types = async (body: Body) => (await outputOf(fake, body)).map(({ type }) => type);
  expect(await types({ model: 'gpt-4.1', input: 'Hi' })).toEqual(['message']);
  expect(await types(ask('Hi', { model: 'gpt-5.2', reasoning: { effort: 'none' } }))).toEqual(['message']);
  expect(await types(ask('Hi', { model: 'gpt-5.2', reasoning: { effort: 'low' } }))).toEqual(['reasoning', 'message']);
});

test('reasoning of all turns that comes back verbatim and in order is counted, without a fault', async () => {
  const first = givenBack(await begun());
  const second = givenBack(await outputOf(fake, ask([user, ...first, ...outputs])));
  await outputOf(fake, ask([user, ...first, ...outputs, ...second, user]));
  expect(fake.reasoning).toEqual({ verified: 2 + 3, faults: [] });
});

const changes: readonly { readonly says: string; change(items: readonly Body[]): readonly Body[] }[] = [
  { says: 'left out', change: (items) => items.slice(1) },
  { says: 'at another place', change: ([a, b, c, d, e]) => [d, b, c, a, e].flatMap((item) => (item ? [item] : [])) },
  {
    says: 'with another summary',
    change: (items) => items.map((item, at) => (at === 0 ? { ...item, summary: [] } : item)),
  },
  { says: 'without what was said behind it', change: (items) => items.filter(({ type }) => type !== 'message') },
];

test.each(changes)('reasoning that comes back $says is reported', async ({ change }) => {
  const first = givenBack(await begun());
  await outputOf(fake, ask([user, ...change(first), ...outputs]));
  expect(fake.reasoning.faults).toEqual([expect.stringContaining('came back as')]);
  expect(fake.refusals).toEqual([]);
});

test('answers in the same words are told apart', async () => {
  fake = await startFakeOpenAi({
    responses: ({ index }) => [think(`Thought ${index}.`), say('Done.')],
    apiKey: 'sk-right',
  });
  const first = givenBack(await outputOf(fake, ask([user])));
  const second = givenBack(await outputOf(fake, ask([user, ...first, user])));
  await outputOf(fake, ask([user, ...first, user, ...second, user]));
  expect(fake.reasoning).toEqual({ verified: 1 + 2, faults: [] });
  await outputOf(fake, ask([user, ...first.slice(1), user]));
  expect(fake.reasoning.faults).toHaveLength(1);
});

test('what another vendor’s model has said is no fault', async () => {
  await begun();
  await outputOf(fake, ask([user, said('From elsewhere.'), user]));
  expect(fake.reasoning).toEqual({ verified: 0, faults: [] });
});

test('refuses reasoning that it cannot decrypt, or that has no ciphertext, or shows content', async () => {
  const [reasoning = {}, ...rest] = givenBack(await begun());
  const with_ = (item: Body) => ask([user, item, ...rest, ...outputs]);
  const stranger = { ...reasoning, encrypted_content: 'gAAAAABstranger' };
  await expectRefused(fake, with_(stranger), { code: 'invalid_encrypted_content' }, 'could not be verified');
  const { encrypted_content: _gone, ...bare } = reasoning;
  await expectRefused(fake, with_({ ...bare, id: 'rs_1' }), { status: 404 }, "Item with id 'rs_1' not found");
  const shown = { ...reasoning, content: [{ type: 'reasoning_text', text: 'x' }] };
  await expectRefused(fake, with_(shown), { param: 'input[1].content' }, 'maximum length 0');
  const { summary: _summary, ...unsummed } = reasoning;
  await expectRefused(fake, with_(unsummed), { param: 'input[1].summary' }, 'Missing required parameter');
});

test('refuses reasoning that nothing follows, and items given by id without their reasoning', async () => {
  const output = await begun();
  const [reasoning = {}] = givenBack(output);
  await expectRefused(fake, ask([user, reasoning, user]), { param: 'input' }, 'without its required following item');
  await expectRefused(fake, ask([user, reasoning]), { param: 'input' }, 'without its required following item');
  const withIds = output.slice(2, 3);
  const body = ask([user, ...withIds, result('call_1')]);
  await expectRefused(fake, body, { param: 'input' }, "without its required 'reasoning' item: 'rs_");
  // Without ids nobody can tell.
  expect((await post(fake, ask([user, ...givenBack(withIds), result('call_1')]))).status).toBe(200);
});

test('refuses reasoning for a model that does not reason', async () => {
  const first = givenBack(await begun());
  const body = { model: 'gpt-4.1', input: [user, ...first, ...outputs] };
  await expectRefused(fake, body, { param: 'input' }, 'Reasoning input items can only be provided to a reasoning');
});
