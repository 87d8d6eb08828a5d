import { loadConfig } from '../../src/config/load.ts';
import { createLog } from '../../src/observe/log.ts';
import type { RequestRecord } from '../../src/observe/request-record.ts';
import type { ProviderRegistry } from '../../src/providers/provider.ts';
import { type ProxyServer, startServer } from '../../src/server/server.ts';
import { TokenCounter } from '../../src/tokens/token-counter.ts';
import type { Credentials } from '../../src/upstream/credentials.ts';
import type { Limits } from '../../src/upstream/time-limits.ts';
import type { WebAccess } from '../../src/web/web-access.ts';
import { plainRegistry } from './plain-provider.ts';
import { type RawCall, startRawUpstream, stopRawUpstreams } from './raw-upstream.ts';

/** Stands for every credential of an upstream; no answer and no line of a log may ever hold it. */
export const upstreamKey = 'sk-upstream-key-that-must-not-leak';

export interface TestServer extends ProxyServer {
  readonly records: readonly RequestRecord[];
  /** All that was logged, as text. */
  logged(): string;
  /** The record of the request after the ones already seen. */
  nextRecord(): Promise<RequestRecord>;
  post(body: unknown, init?: RequestInit & { path?: string }): Promise<Response>;
}

export interface TestServerOptions {
  readonly upstream?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  readonly registry?: ProviderRegistry;
  readonly credentials?: Credentials;
  readonly web?: WebAccess;
}

const started: TestServer[] = [];

/** The real server on a free port, with limits short enough for a test. */
export function startTestServer(options: TestServerOptions = {}): TestServer {
  const loaded = loadConfig({
    env: {
      PORT: '0',
      OPENAI_API_KEY: upstreamKey,
      OPENAI_BASE_URL: options.upstream ?? 'http://127.0.0.1:9/v1',
      BIG_MODEL: 'gpt-4.1',
      // No test may find the Google login of whoever runs it.
      CLOUDSDK_CONFIG: '/nowhere',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
      ...options.env,
    },
  });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const { config } = loaded;

  const records: RequestRecord[] = [];
  const waiting: ((record: RequestRecord) => void)[] = [];
  let seen = 0;
  let text = '';
  const log = createLog(config.log, (line) => {
    text += line;
  });
  const counter = new TokenCounter();
  const server = startServer({
    config,
    counter,
    registry: options.registry ?? plainRegistry,
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.web === undefined ? {} : { web: options.web }),
    limits: { retryPauseMs: 1, overloadedPauseMs: 1, ...options.limits },
    log: {
      ...log,
      request(record) {
        log.request(record);
        records.push(record);
        const next = waiting.shift();
        if (next === undefined) return;
        seen += 1;
        next(record);
      },
    },
  });
  const testServer: TestServer = {
    ...server,
    records,
    logged: () => text,
    nextRecord() {
      const record = records[seen];
      if (record !== undefined) {
        seen += 1;
        return Promise.resolve(record);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    post: (body, { path = '/v1/messages', ...init } = {}) =>
      fetch(new URL(path, server.url), {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    async stopNow() {
      await server.stopNow();
      counter.close();
    },
  };
  started.push(testServer);
  return testServer;
}

/** The real server in front of an upstream that a test plays byte by byte. */
export async function serverOn(onCall: (call: RawCall, number: number) => void, options: TestServerOptions = {}) {
  const upstream = await startRawUpstream(onCall);
  return { upstream, server: startTestServer({ upstream: upstream.url, ...options }) };
}

/** For `afterEach`: what a test has started ends with it, the servers before their upstreams. */
export async function stopTestServers(): Promise<void> {
  await Promise.all(started.splice(0).map((server) => server.stopNow()));
  await stopRawUpstreams();
}

/** A body that asks for one short answer. */
export function ask(extra: object = {}): object {
  return {
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: 'Say something.' }],
    ...extra,
  };
}

export interface Frame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The frames of a stream of ours, in order. */
export function framesOf(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [, event = '', data = '{}'] = /^event: (.*)\ndata: (.*)$/s.exec(frame) ?? [];
      return { event, data: JSON.parse(data) };
    });
}

/** Reads a stream piece by piece. */
export function readerOf(response: Response) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return {
    /** Reads on until the stream holds this; its end or its failure before that is an error. */
    async until(wanted: string | RegExp): Promise<string> {
      while (!(typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))) {
        const piece = await reader?.read();
        if (piece === undefined || piece.done) throw new Error(`ended without ${wanted}: ${text}`);
        text += decoder.decode(piece.value, { stream: true });
      }
      return text;
    },
    /** Reads to the end and gives the whole text. */
    async rest(): Promise<string> {
      for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
        text += decoder.decode(piece.value, { stream: true });
      }
      return text;
    },
    cancel: () => reader?.cancel(),
  };
}

interface ErrorAnswer {
  readonly error: { readonly type: string; readonly message: string };
}

/** What an error response says; throws where it is none. */
export async function errorOf(response: Response): Promise<ErrorAnswer['error']> {
  const body: unknown = await response.json();
  if (!isErrorAnswer(body)) throw new Error(`no error: ${JSON.stringify(body)}`);
  return body.error;
}

function isErrorAnswer(body: unknown): body is ErrorAnswer {
  return typeof body === 'object' && body !== null && 'type' in body && body.type === 'error' && 'error' in body;
}
