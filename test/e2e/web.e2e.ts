// The real Claude Code through the proxy to a strict fake of every vendor: its tools WebSearch and WebFetch.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { callTool, say, search } from '../upstreams/script.ts';
import { startFakeSearch } from '../upstreams/web/fake-search.ts';
import { onEveryKind } from './harness/kinds.ts';
import { localKind } from './harness/local-kind.ts';
import { chatOnlyKind, deepSeekKind } from './harness/openai-kind.ts';
import { inSession, type Turn } from './harness/session.ts';
import type { UpstreamCall } from './harness/upstream-kind.ts';
import { startWebPage } from './harness/web-page.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

const found = [{ title: 'Weather in Berlin', url: 'https://weather.example/berlin' }];

/** Claude Code loads its tool, calls it, and hears what it has found. `inside` is what the model says to its side request. */
function searching(...inside: readonly Turn[]): readonly Turn[] {
  return [
    [callTool('ToolSearch', { query: 'select:WebSearch' })],
    [callTool('WebSearch', { query: 'weather in Berlin' })],
    ...inside,
    [say('Take an umbrella.')],
  ];
}

function lastToolResult(calls: readonly UpstreamCall[]): string {
  return calls.at(-1)?.toolResults.at(-1) ?? '';
}

onEveryKind('WebSearch finds what the vendor’s own search finds', async (kind) => {
  const script = () => searching([search('weather in Berlin', found), say('It rains in Berlin.')]);
  await inSession(kind, { script }, async ({ ask, upstream }) => {
    const answer = await ask('What is the weather in Berlin?', { allowedTools: ['WebSearch'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'Take an umbrella.' });
    expect(lastToolResult(upstream.calls)).toContain('It rains in Berlin.');
    expect(lastToolResult(upstream.calls)).toContain('https://weather.example/berlin');
  });
});

/** Kinds whose vendor is not asked to search. */
const chatKinds = [chatOnlyKind, deepSeekKind, localKind];

test.concurrent.each(chatKinds)('WebSearch finds what the configured service finds [$name]', async (kind) => {
  const hit = { title: 'Weather in Berlin', url: 'https://weather.example/berlin', excerpt: 'Rain, 12 degrees.' };
  const service = await startFakeSearch('searxng', [hit]);
  const script = () =>
    searching([callTool('web_search', { query: 'weather in Berlin' })], (call) => {
      expect(call.text).toContain('Rain, 12 degrees.');
      return [say('It rains in Berlin.')];
    });
  try {
    await inSession(kind, { script, settings: { SEARXNG_URL: service.url } }, async ({ ask, upstream, proxy }) => {
      const answer = await ask('What is the weather in Berlin?', { allowedTools: ['WebSearch'] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'Take an umbrella.' });
      expect(service.calls.map(({ query }) => query)).toEqual(['weather in Berlin']);
      expect(lastToolResult(upstream.calls)).toContain('It rains in Berlin.');
      expect(lastToolResult(upstream.calls)).toContain('https://weather.example/berlin');
      expect((await proxy.requests()).map(({ outcome }) => outcome)).toEqual(Array(4).fill('answered'));
    });
  } finally {
    await service.stop();
  }
});

test.concurrent.each(chatKinds)('WebSearch without any service is told to be unavailable [$name]', async (kind) => {
  const script = () =>
    searching([callTool('web_search', { query: 'weather in Berlin' })], (call) => {
      expect(call.toolResults.at(-1)).toMatch(/unavailable|not available|no search/i);
      return [say('Searching is not possible here.')];
    });
  await inSession(kind, { script }, async ({ ask, upstream }) => {
    const answer = await ask('What is the weather in Berlin?', { allowedTools: ['WebSearch'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'Take an umbrella.' });
    expect(lastToolResult(upstream.calls)).toContain('Searching is not possible here.');
    expect(lastToolResult(upstream.calls)).toContain('unavailable');
  });
});

onEveryKind('WebFetch reads a page, and the model of its side request is told what stands there', async (kind) => {
  const page = await startWebPage('<title>Berlin</title><h1>Weather</h1><p>It rains in Berlin, says the page.</p>');
  const script = () => [
    [callTool('ToolSearch', { query: 'select:WebFetch' })],
    [callTool('WebFetch', { url: page.url, prompt: 'How is the weather?' })],
    [say('Rain, it says.')],
    [say('Take an umbrella.')],
  ];
  try {
    await inSession(kind, { script }, async ({ ask, home, upstream, proxy }) => {
      await Bun.write(join(home, 'page.pem'), page.certificate);
      // Else Claude Code asks Anthropic first whether the address is a good one.
      await Bun.write(join(home, '.claude', 'settings.json'), JSON.stringify({ skipWebFetchPreflight: true }));
      const answer = await ask('What is the weather in Berlin?', {
        allowedTools: ['WebFetch'],
        env: { NODE_EXTRA_CA_CERTS: join(home, 'page.pem') },
      });
      expect(answer).toMatchObject({ exitCode: 0, text: 'Take an umbrella.' });
      expect(page.visits).toBe(1);
      const aside = upstream.calls.find(({ text }) => text.includes('It rains in Berlin, says the page.'));
      expect(aside?.lastText).toContain('How is the weather?');
      expect(lastToolResult(upstream.calls)).toContain('Rain, it says.');
      expect((await proxy.requests()).map(({ outcome }) => outcome)).toEqual(Array(4).fill('answered'));
    });
  } finally {
    await page.stop();
  }
});
