import { providerFor } from '../../src/providers/registry.ts';
import type { FetchedPage, SearchHit, SearchQuery, WebAccess } from '../../src/web/web-access.ts';
import type { ChatRequest } from '../upstreams/openai/chat-request.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, startFakeOpenAi } from '../upstreams/openai/fake-openai.ts';
import type { Script } from '../upstreams/script.ts';
import { startTestServer, type TestServerOptions } from './test-server.ts';

/** A web in which a test says what is found, and reads what was asked. */
export interface ScriptedWeb extends WebAccess {
  readonly queries: readonly SearchQuery[];
  readonly fetched: readonly { readonly url: string; readonly maxCharacters: number }[];
}

interface Findings {
  readonly search?: (query: SearchQuery, signal: AbortSignal) => readonly SearchHit[] | Promise<readonly SearchHit[]>;
  readonly fetch?: (url: string, signal: AbortSignal) => FetchedPage | Promise<FetchedPage>;
}

export function scriptedWeb({ search, fetch }: Findings): ScriptedWeb {
  const queries: SearchQuery[] = [];
  const fetched: { url: string; maxCharacters: number }[] = [];
  return {
    queries,
    fetched,
    search:
      search &&
      (async (query, signal) => {
        queries.push(query);
        return search(query, signal);
      }),
    fetch:
      fetch &&
      (async (url, { maxCharacters }, signal) => {
        fetched.push({ url, maxCharacters });
        return fetch(url, signal);
      }),
  };
}

export function hit(name: string): SearchHit {
  return {
    url: `https://${name}.example/page`,
    title: `Title of ${name}`,
    excerpt: `What ${name} says.`,
    pageAge: undefined,
  };
}

export function page(url: string, data: string): FetchedPage {
  return { url, title: 'A page', mediaType: 'text/plain', data, retrievedAt: '2026-01-02T03:04:05.000Z' };
}

const running: FakeOpenAi[] = [];

/** For `afterEach`, behind the servers. */
export async function stopFakeOpenAis(): Promise<void> {
  await Promise.all(running.splice(0).map((fake) => fake.stop()));
}

/** The real server before a strict fake of Chat Completions, with a web of the test's own. */
export async function chatServer(
  model: Script<ChatRequest>,
  web: WebAccess,
  options: TestServerOptions & { readonly fake?: Omit<FakeOpenAiOptions, 'model'> } = {},
) {
  const fake = await startFakeOpenAi({ ...options.fake, model });
  running.push(fake);
  const env = { OPENAI_API: 'chat', ...options.env };
  return { fake, server: startTestServer({ registry: providerFor, upstream: fake.url, web, ...options, env }) };
}

export const webSearch = { type: 'web_search_20250305', name: 'web_search' } as const;
export const webFetch = { type: 'web_fetch_20250910', name: 'web_fetch' } as const;
