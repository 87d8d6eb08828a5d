import Anthropic from '@anthropic-ai/sdk';
import type { BetaMessage, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { providerFor } from '../../src/providers/registry.ts';
import type { UpstreamCall, UpstreamKind } from '../e2e/harness/upstream-kind.ts';
import { metadataCredentials } from '../server/metadata-credentials.ts';
import { startTestServer } from '../server/test-server.ts';
import type { ScriptedWeb } from '../server/web-tools-server.ts';
import { isRecord } from '../upstreams/json.ts';
import type { Reply } from '../upstreams/script.ts';

/** What a client asks, without `stream`; the three at the end are gone from the newest SDK, but not from clients. */
export type Body = Omit<MessageCreateParamsNonStreaming, 'stream'> & {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
};

/** One vendor and model that the table has a column for. */
export interface Column {
  readonly title: string;
  readonly kind: UpstreamKind;
  readonly settings?: Readonly<Record<string, string>>;
}

/** One answer, as the official SDK read it through the proxy. */
export interface Seen {
  readonly message: BetaMessage | undefined;
  readonly failure: Failure | undefined;
  /** What `x-proxy-loss` listed. */
  readonly losses: string;
  /** The body as the client sent it. */
  readonly sent: string;
  /** What reached the upstream for it, repairs included. */
  readonly calls: readonly UpstreamCall[];
}

export interface Failure {
  readonly status: number | undefined;
  readonly type: string | null | undefined;
  readonly message: string;
  readonly retryAfter: string | null;
}

/** A proxy of its own in front of a strict fake of one vendor, and the official SDK in front of it. */
export interface Visit {
  readonly column: Column;
  readonly sdk: Anthropic;
  readonly refusals: () => readonly string[];
  ask(body: Body, options?: { readonly stream?: boolean }): Promise<Seen>;
}

/** The betas that the features of the table need. */
const betas = [
  'mid-conversation-system-2026-04-07',
  'advanced-tool-use-2025-11-20',
  'effort-2025-11-24',
  'structured-outputs-2025-12-15',
  'context-management-2025-06-27',
  'compact-2026-01-12',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-11-20',
  'web-fetch-2025-09-10',
  'code-execution-2025-05-22',
];

export interface VisitOptions {
  /** What the model says: one after another, the last one from then on. */
  readonly replies: readonly Reply[];
  readonly contextWindow: number | undefined;
  readonly web: ScriptedWeb | undefined;
}

/** Runs `use` against a fresh upstream. */
export async function visit<T>(
  column: Column,
  { replies, contextWindow, web }: VisitOptions,
  use: (visit: Visit) => Promise<T>,
): Promise<T> {
  let answered = 0;
  const upstream = await column.kind.start({
    contextWindow,
    script: () => {
      const reply = replies[Math.min(answered, replies.length - 1)];
      answered += 1;
      return reply ?? [];
    },
  });
  const { settings } = upstream;
  const credentials = metadataCredentials(settings);
  const server = startTestServer({
    env: { ...settings, ...column.settings },
    registry: providerFor,
    credentials,
    ...(web === undefined ? {} : { web }),
  });
  let sent = '';
  let headers = new Headers();
  const sdk = new Anthropic({
    baseURL: server.url.href,
    apiKey: 'of-the-client',
    maxRetries: 0,
    defaultHeaders: { 'anthropic-beta': betas.join(','), 'anthropic-version': '2023-06-01' },
    fetch: async (url, init) => {
      sent = typeof init?.body === 'string' ? init.body : '';
      const response = await fetch(url, init);
      headers = response.headers;
      return response;
    },
  });
  try {
    return await use({
      column,
      sdk,
      refusals: () => upstream.refusals.map(({ message }) => message),
      async ask(body, { stream = true } = {}) {
        const before = upstream.calls.length;
        let message: BetaMessage | undefined;
        let failure: Failure | undefined;
        try {
          message = stream
            ? await sdk.beta.messages.stream(body).finalMessage()
            : await sdk.beta.messages.create({ ...body, stream: false });
        } catch (error) {
          failure = { ...statusOf(error), message: messageOf(error), retryAfter: headers.get('retry-after') };
        }
        const losses = headers.get('x-proxy-loss') ?? '';
        return { message, failure, losses, sent, calls: upstream.calls.slice(before) };
      },
    });
  } finally {
    await server.stopNow();
    await upstream.stop();
  }
}

/** A stream that breaks off has neither. */
function statusOf(error: unknown): Pick<Failure, 'status' | 'type'> {
  if (error instanceof Anthropic.APIError) return { status: error.status, type: error.type };
  if (error instanceof Anthropic.AnthropicError) return { status: undefined, type: undefined };
  throw error;
}

function messageOf(error: unknown): string {
  const body = error instanceof Anthropic.APIError && isRecord(error.error) ? error.error.error : undefined;
  return isRecord(body) ? String(body.message) : String(error);
}
