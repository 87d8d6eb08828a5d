import { sendJson } from '../line.ts';
import { startLoopback } from '../loopback-server.ts';
import { SearchRefusal, searchRules } from './search-rules.ts';

export type SearchKind = 'tavily' | 'brave' | 'exa' | 'searxng';

export interface FakeHit {
  readonly url: string;
  readonly title: string;
  readonly excerpt: string;
  readonly date?: string;
}

export interface SearchCall {
  readonly query: string;
  /** What else was asked for, as the service names it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeSearch {
  readonly url: string;
  /** What was asked for and not refused. */
  readonly calls: readonly SearchCall[];
  /** Settles when a call has come that gets silence, and when its client has left. */
  readonly waiting: Promise<unknown>;
  readonly left: Promise<unknown>;
  /** What the next answers are instead of hits; `silence` is none at all. */
  answerWith(answer: RawAnswer | 'silence'): void;
  stop(): Promise<void>;
}

/** One search service on a loopback port, which refuses what the real one refuses and finds the same for everybody. */
export async function startFakeSearch(kind: SearchKind, hits: readonly FakeHit[]): Promise<FakeSearch> {
  const calls: SearchCall[] = [];
  const waiting = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const rules = searchRules[kind];
  let instead: RawAnswer | 'silence' | undefined;
  const server = await startLoopback(
    async (received, line) => {
      if (instead === 'silence') {
        waiting.resolve();
        await line.gone;
        left.resolve();
      } else if (instead !== undefined) {
        await sendJson(instead.status, instead.body, instead.headers ?? {}, line);
      } else {
        try {
          const call = rules.read(received);
          calls.push(call);
          await sendJson(200, rules.write(hits, call), {}, line);
        } catch (error) {
          if (!(error instanceof SearchRefusal)) throw error;
          await sendJson(error.status, error.body, {}, line);
        }
      }
    },
    (message) => message,
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    calls,
    waiting: waiting.promise,
    left: left.promise,
    answerWith: (answer) => {
      instead = answer;
    },
    stop: server.stop,
  };
}
