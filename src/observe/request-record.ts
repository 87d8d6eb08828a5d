import type { Loss } from '../messages/types.ts';
import type { CallRepair } from '../providers/provider.ts';

/** What is known of one finished request; the source of its log line. Holds no prompt text and no key. */
export interface RequestRecord {
  readonly requestId: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** From the request's arrival to the first content event sent to the client. */
  readonly firstEventMs: number | undefined;
  readonly stream: boolean;
  readonly requestedModel: string | undefined;
  /** `openai/gpt-4.1`: the real target. */
  readonly model: string | undefined;
  readonly route: string | undefined;
  /** How many there were; undefined where the body was not read so far. */
  readonly tools: number | undefined;
  readonly messages: number | undefined;
  /** Tokens of the whole prompt, those from the cache among them; undefined where there was no answer to tell them. */
  readonly inputTokens: number | undefined;
  /** Of these, the ones that upstream read from its cache. */
  readonly cachedTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** What the answer cost, in US dollars: as the upstream has told it, else by the tokens; undefined where nobody knows. */
  readonly costUsd: number | undefined;
  readonly stopReason: string | undefined;
  readonly losses: readonly Loss[];
  /** Turns of the model in the answer: more than one where the proxy ran tools for it. */
  readonly turns: number;
  /** Calls made to the upstream. */
  readonly attempts: number;
  /** How often each thing was repaired in the model's calls of tools. */
  readonly callRepairs: Readonly<Partial<Record<CallRepair, number>>>;
  readonly upstreamRequestId: string | undefined;
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
  /** How it ended: `client-left` is no failure of ours. */
  readonly outcome: 'answered' | 'failed' | 'client-left';
  readonly error: { readonly type: string; readonly message: string } | undefined;
}
