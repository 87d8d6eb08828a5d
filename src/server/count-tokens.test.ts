import { afterAll, describe, expect, test } from 'bun:test';
import { madePdf, manyWords } from '../../test/documents/pdf-file.ts';
import { plainProvider } from '../../test/server/plain-provider.ts';
import { loadConfig } from '../config/load.ts';
import { DocumentReader } from '../documents/document-reader.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { TokenCount, TranslatingProvider } from '../providers/provider.ts';
import { providerFor } from '../providers/registry.ts';
import { LearnedRatios } from '../tokens/learned-ratio.ts';
import { TokenCounter } from '../tokens/token-counter.ts';
import type { Credentials } from '../upstream/credentials.ts';
import { LearnedRepairs } from '../upstream/learned-repairs.ts';
import { RecentCalls } from '../upstream/recent-calls.ts';
import { VendorCounter } from '../upstream/vendor-counter.ts';
import { answerCountTokens, type CountParts } from './count-tokens.ts';

const counter = new TokenCounter({ patienceMs: 60_000 });
const vendor = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => Response.json({ tokens: 4711 }) });
const documents = new DocumentReader({ fetchPage: undefined });
afterAll(async () => {
  documents.close();
  counter.close();
  await vendor.stop(true);
});

const credentials: Credentials = {
  complete: (target) => Promise.resolve(target),
  authorize: () => Promise.resolve(undefined),
};

function answer(body: object, env: Record<string, string> = {}, parts: Partial<CountParts> = {}) {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const exchange = { signal: new AbortController().signal, sessionId: undefined, agentId: undefined };
  return answerCountTokens(JSON.stringify(body), exchange, {
    config: loaded.config,
    counter,
    vendorCounter: new VendorCounter({ limitMs: 200 }),
    registry: providerFor,
    credentials,
    learned: new LearnedRepairs(),
    ratios: new LearnedRatios(),
    calls: new RecentCalls(),
    documents,
    ...parts,
  });
}

const hello = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'hello world' }] };

test('a prompt is counted without max_tokens and without a key', async () => {
  expect(await answer(hello)).toEqual({ input_tokens: 8 });
});

test('the model that the name is routed to decides the count', async () => {
  const content = 'hello world '.repeat(100);
  const long = { ...hello, messages: [{ role: 'user', content }] };
  const { input_tokens: openai } = await answer(long, { SMALL_MODEL: 'gpt-4.1-mini' });
  const { input_tokens: other } = await answer(long, { SMALL_MODEL: 'openai/qwen3-coder' });
  expect(other / openai).toBeCloseTo(1.1, 1);
});

test('who asks about context management is told the count before it too', async () => {
  const body = { ...hello, context_management: { edits: [] } };
  expect(await answer(body)).toEqual({ input_tokens: 8, context_management: { original_input_tokens: 8 } });
});

test('the functions that stand for tools of the web are counted, and what they have found', async () => {
  const env = { OPENAI_API_KEY: 'sk-none', OPENAI_API: 'chat' };
  const { input_tokens: plain } = await answer(hello, env);
  const tools = [{ type: 'web_fetch_20250910', name: 'web_fetch' }];
  const { input_tokens: offered } = await answer({ ...hello, tools }, env);
  expect(offered - plain).toBeGreaterThan(80);
  const content = [
    { type: 'server_tool_use', id: 's', name: 'web_fetch', input: { url: 'https://a.example' } },
    {
      type: 'web_fetch_tool_result',
      tool_use_id: 's',
      content: {
        type: 'web_fetch_result',
        url: 'https://a.example',
        content: {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'many words '.repeat(500) },
        },
      },
    },
  ];
  const messages = [...hello.messages, { role: 'assistant', content }, { role: 'user', content: 'Go on.' }];
  const { input_tokens: read } = await answer({ ...hello, tools, messages }, env);
  expect(read - offered).toBeGreaterThan(1000);
});

test('a body that is no request names the field', async () => {
  await expect(answer({ model: 'claude-haiku-4-5' })).rejects.toMatchObject({
    kind: 'invalid-request',
    message: expect.stringContaining('messages'),
  });
});

describe('a vendor with a counter of its own', () => {
  const tokenCount: TokenCount = {
    buildRequest: ({ model }) => ({ url: `${vendor.url}${model}`, headers: {}, body: '{}', losses: [] }),
    readAnswer: (body) => JSON.parse(body).tokens,
  };
  const counting: TranslatingProvider = { ...plainProvider, tokenCounter: () => tokenCount };

  test('its count is the answer', async () => {
    expect(await answer(hello, {}, { registry: () => counting })).toEqual({ input_tokens: 4711 });
  });

  const failures: readonly [what: string, parts: Partial<CountParts>][] = [
    [
      'the key is missing',
      {
        registry: () => {
          throw new ProxyError('credential-missing', 'no key');
        },
      },
    ],
    [
      'there are no credentials',
      {
        registry: () => counting,
        credentials: {
          ...credentials,
          complete: () => Promise.reject(new ProxyError('credential-missing', 'no login')),
        },
      },
    ],
    [
      'the credentials take too long',
      {
        registry: () => counting,
        credentials: {
          ...credentials,
          complete: (_, signal) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason));
            }),
        },
      },
    ],
    [
      'the prompt has no form there',
      {
        registry: () => ({
          ...counting,
          tokenCounter: () => ({
            ...tokenCount,
            buildRequest: () => {
              throw new ProxyError('invalid-request', 'no form');
            },
          }),
        }),
      },
    ],
    [
      'it does not answer',
      {
        registry: () => ({
          ...counting,
          tokenCounter: () => ({
            ...tokenCount,
            buildRequest: () => ({ url: 'http://127.0.0.1:9/', headers: {}, body: '{}', losses: [] }),
          }),
        }),
      },
    ],
  ];
  test.each(failures)('our own count is the answer where %s', async (_, parts) => {
    expect(await answer(hello, {}, parts)).toEqual({ input_tokens: 8 });
  });
});

test('a document that the model does not read itself is counted as what it reads of it', async () => {
  const env = { DEEPSEEK_API_KEY: 'sk-none', SMALL_MODEL: 'deepseek/deepseek-chat' };
  const patient = { vendorCounter: new VendorCounter({ limitMs: 20_000 }) };
  const count = async (content: unknown) => {
    const body = { ...hello, messages: [{ role: 'user', content }] };
    return (await answer(body, env, patient)).input_tokens;
  };
  const pdf = (lines: readonly string[]) => {
    const source = { type: 'base64', media_type: 'application/pdf', data: madePdf([{ lines }]).toString('base64') };
    return [{ type: 'document', source }];
  };
  const words = manyWords.join('\n');
  const difference = (await count(pdf(manyWords))) - (await count(pdf(['one'])));
  expect(difference / (await count(words))).toBeCloseTo(1, 0);
}, 20_000);
