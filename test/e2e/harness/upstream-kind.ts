import type { ReasoningReport } from '../../upstreams/openai/responses/reasoning-memory.ts';
import type { Reply, Step } from '../../upstreams/script.ts';

/** One kind of upstream that the cases run on. */
export interface UpstreamKind {
  readonly name: string;
  /** What Claude Code's own model becomes, as the proxy's log calls it. */
  readonly model: string;
  /** Failures in the vendor's own words. */
  readonly failures: Failures;
  /** The proxy without what the vendor lets it in for, and what it then says. */
  readonly withoutKey?: { readonly settings: Readonly<Record<string, string | undefined>>; readonly message: string };
  /** What of reasoning goes back to the model: its thoughts, or signatures that stand for them. */
  readonly returns: 'thoughts' | 'signatures';
  /** Fields of Claude Code's requests whose loss cannot matter: the model has nothing to do with them. */
  readonly harmlessLosses: RegExp;
  start(options: UpstreamOptions): Promise<Upstream>;
}

export interface UpstreamOptions {
  readonly script: (call: UpstreamCall) => Reply;
  /** Smaller than the model's own. */
  readonly contextWindow?: number | undefined;
}

/** A strict fake of one vendor with a scripted model, and what the proxy must be told to reach it. */
export interface Upstream {
  readonly settings: Readonly<Record<string, string>>;
  /** What may stand in no log of the proxy. */
  readonly secrets: readonly string[];
  /** Every call for an answer, oldest first. */
  readonly calls: readonly UpstreamCall[];
  readonly refusals: readonly UpstreamRefusal[];
  /** What came back of the reasoning that was issued, where the fake looks at it. */
  readonly reasoning?: ReasoningReport;
  stop(): Promise<void>;
}

export interface UpstreamRefusal {
  readonly message: string;
  /** Whether the prompt was too long for the model. */
  readonly isOverflow: boolean;
}

export interface Failures {
  rateLimit(retryAfterSeconds: number): Step;
  /** Credentials that are not let in: what the vendor says, and the status that the client is to get. */
  readonly wrongKey: {
    readonly step: Step;
    readonly message: string;
    /** What Claude Code makes of the message, where it has words of its own. */
    readonly shown?: string;
    readonly status: number;
  };
  /** Text that an error breaks off. */
  midText(beginning: string): readonly Step[];
  /** The beginning of a call of Bash with `touch half.txt`, which then ends. */
  readonly halfCall: readonly Step[];
}

/** A call to an upstream, as the cases look at it: the same for every vendor. */
export interface UpstreamCall {
  readonly index: number;
  readonly model: string;
  /** The body as it came. */
  readonly text: string;
  readonly headers: Headers;
  readonly tools: readonly OfferedTool[];
  /** Texts of the tools' results, oldest first. */
  readonly toolResults: readonly string[];
  /** All images of the conversation, as data URLs. */
  readonly images: readonly string[];
  /** The reasoning that came back: texts, or what stands for them with this vendor. */
  readonly reasoning: readonly string[];
  /** What was said last: the user's text or the results of tools. */
  readonly lastText: string;
  /** The prompt in the order in which a cache reads it; a longer conversation's begins with that of the shorter one. */
  readonly prompt: string;
}

export interface OfferedTool {
  readonly name: string;
  readonly description: string;
}

/** Names of the tools that were offered, in their order. */
export function toolNames(call: UpstreamCall | undefined): readonly string[] {
  return call?.tools.map(({ name }) => name) ?? [];
}
