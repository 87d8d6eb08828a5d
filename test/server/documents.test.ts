// A PDF as Claude Code's Read sends it, through the real server to a strict fake: to a model that reads PDFs, to one that
// sees images, and to one that does neither.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { providerFor } from '../../src/providers/registry.ts';
import { madePdf, manyWords } from '../documents/pdf-file.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, startFakeOpenAi } from '../upstreams/openai/fake-openai.ts';
import { say } from '../upstreams/script.ts';
import { errorOf, startTestServer, stopTestServers, type TestServer } from './test-server.ts';

setDefaultTimeout(20_000);

const fakes: FakeOpenAi[] = [];
afterEach(async () => {
  await stopTestServers();
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
});

const pdf = madePdf([{ lines: manyWords }, { red: true }]).toString('base64');
const locked = madePdf([{ lines: ['secret'] }], { locked: true }).toString('base64');

async function serverFor(
  env: Readonly<Record<string, string>>,
  rules: FakeOpenAiOptions['rules'] = {},
): Promise<{ fake: FakeOpenAi; server: TestServer }> {
  const fake = await startFakeOpenAi({ model: () => [say('read')], rules });
  fakes.push(fake);
  return { fake, server: startTestServer({ upstream: fake.url, registry: providerFor, env }) };
}

function reading(data: string, model: string) {
  const source = { type: 'base64', media_type: 'application/pdf', data };
  return {
    model,
    max_tokens: 100,
    tools: [{ name: 'Read', input_schema: { type: 'object', properties: { file_path: { type: 'string' } } } }],
    messages: [
      { role: 'user', content: 'What does it say?' },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: 'a.pdf' } }],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [
              { type: 'text', text: 'PDF file read: a.pdf (2KB)' },
              { type: 'document', source },
            ],
          },
        ],
      },
    ],
  };
}

interface Sent {
  readonly toolText: string;
  /** Of the message behind the results: the texts, and for a medium what it is. */
  readonly shown: readonly string[];
}

async function sentBy(fake: FakeOpenAi): Promise<Sent> {
  const messages = fake.calls.at(-1)?.body.messages ?? [];
  const tool = messages.find(({ role }) => role === 'tool');
  const last = messages.at(-1);
  const parts = last?.role === 'user' && typeof last.content === 'object' ? (last.content ?? []) : [];
  return {
    toolText: String(tool?.content),
    shown: parts.map((part) => (part.type === 'text' ? String(part.text) : JSON.stringify(part).slice(0, 70))),
  };
}

test('a model that reads PDFs gets the file', async () => {
  const { fake, server } = await serverFor({ OPENAI_PROFILE: 'openai', OPENAI_API: 'chat' });
  const answer = await server.post(reading(pdf, 'openai/gpt-4.1'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-proxy-loss')).toBeNull();
  expect((await sentBy(fake)).shown[1]).toStartWith('{"type":"file","file":{"filename":"document.pdf"');
  expect(fake.refusals).toEqual([]);
});

test('a model that sees images gets the text of each page and its picture', async () => {
  const { fake, server } = await serverFor({ OPENAI_PROFILE: 'generic' });
  const answer = await server.post(reading(pdf, 'openai/gpt-4.1'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-proxy-loss')).toBeNull();
  const { toolText, shown } = await sentBy(fake);
  expect(toolText).toBe(
    `PDF file read: a.pdf (2KB)\n<document>\n[page 1 of 2]\n${manyWords.join('\n')}\n[see image 1 below]\n[page 2 of 2]\n[see image 2 below]\n</document>`,
  );
  expect(shown).toEqual([
    'image 1, from call toolu_1:',
    expect.stringContaining('{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/'),
    'image 2, from call toolu_1:',
    expect.stringContaining('{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/'),
  ]);
  expect(fake.refusals).toEqual([]);
});

test('a model that sees nothing gets the text, and the client is told what is missing', async () => {
  const { fake, server } = await serverFor({ OPENAI_PROFILE: 'generic', OPENAI_API: 'chat' });
  const answer = await server.post(reading(pdf, 'openai/o3-mini'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-proxy-loss')).toContain('messages.2.content.0.content.1');
  const { toolText, shown } = await sentBy(fake);
  expect(toolText).toBe(
    `PDF file read: a.pdf (2KB)\n<document>\n[page 1 of 2]\n${manyWords.join('\n')}\n\n[page 2 of 2] (it holds no text; perhaps it is a scan)\n</document>`,
  );
  expect(shown).toEqual([]);
});

test('what a PDF has become is the same in the next turn', async () => {
  const { fake, server } = await serverFor({ OPENAI_PROFILE: 'generic' });
  const first = reading(pdf, 'openai/gpt-4.1');
  await server.post(first);
  await server.post({
    ...first,
    messages: [...first.messages, { role: 'assistant', content: 'It says lines.' }, { role: 'user', content: 'More?' }],
  });
  const [one, two] = fake.calls.map(({ body }) => body.messages);
  expect(JSON.stringify(two)).toStartWith(JSON.stringify(one).slice(0, -1));
});

test('a PDF that is locked is a line for the model and a loss for the client, and refused where losses are', async () => {
  const { fake, server } = await serverFor({ OPENAI_PROFILE: 'generic' });
  const answer = await server.post(reading(locked, 'openai/gpt-4.1'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-proxy-loss')).toContain('messages.2.content.0.content.1');
  expect((await sentBy(fake)).toolText).toContain('[document omitted: it is protected by a password]');
  const strict = await serverFor({ OPENAI_PROFILE: 'generic', STRICT: 'true' });
  const refused = await strict.server.post(reading(locked, 'openai/gpt-4.1'));
  expect(refused.status).toBe(400);
  expect((await errorOf(refused)).message).toContain('it is protected by a password');
});
