import type {
  BetaContentBlockParam,
  BetaMessageParam,
  BetaTool,
  BetaToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { UpstreamKind } from '../e2e/harness/upstream-kind.ts';
import type { ScriptedWeb } from '../server/web-tools-server.ts';
import { type Reply, say } from '../upstreams/script.ts';
import type { Body, Failure, Seen, Visit } from './visit.ts';

/**
 * Something that a client of the Messages API may want. It is there when `check` holds (or `fails`, of a failure). Where
 * the proxy says that it is not (a loss whose path begins like one of `fields`, a 400), that is an answer too. Silence is none.
 */
export interface Feature {
  readonly title: string;
  /** What the model says, answer by answer; without it, `usualAnswer`. */
  readonly replies?: (kind: UpstreamKind) => readonly Reply[];
  readonly fields: readonly string[];
  readonly body: Partial<Body>;
  readonly stream?: boolean;
  /** The request that it is about, where that goes on from an answer. */
  readonly next?: (first: Answered) => Partial<Body>;
  /** Smaller than the model's own. */
  readonly contextWindow?: number;
  /** What the proxy itself finds on the web. */
  readonly web?: () => ScriptedWeb;
  /** A text says why there is nothing of the kind. */
  readonly check?: (seen: Answered, visit: Visit) => Found | Promise<Found>;
  readonly fails?: (failure: Failure, kind: UpstreamKind) => boolean;
}

type Found = boolean | string;

export interface Group {
  readonly title: string;
  readonly features: readonly Feature[];
}

/** A request that got an answer. */
export interface Answered extends Omit<Seen, 'message' | 'failure'> {
  readonly message: NonNullable<Seen['message']>;
}

export const usualText = 'A green square.';
export const usualAnswer: Reply = [say(usualText)];

export const read: BetaTool = {
  name: 'Read',
  description: 'Reads a file.',
  input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
export const bash: BetaTool = { ...read, name: 'Bash', description: 'Runs a command.' };

type Content = string | BetaContentBlockParam[];
type ResultContent = NonNullable<BetaToolResultBlockParam['content']>;

export const user = (content: Content): BetaMessageParam => ({ role: 'user', content });
export const assistant = (content: Content): BetaMessageParam => ({ role: 'assistant', content });
export const hello = user('Hello, what do you see?');
export const used = (id: string, name = 'Read') =>
  ({ type: 'tool_use', id, name, input: { path: `${id}.txt` } }) as const;
export const result = (id: string, content: ResultContent) =>
  ({ type: 'tool_result', tool_use_id: id, content }) as const;

/** A body with what every request has. */
export function bodyOf(extra: Partial<Body>): Body {
  return { model: 'claude-opus-4-8', max_tokens: 4_000, messages: [hello], ...extra };
}

export function textOf({ message }: Answered): string {
  return message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}

export function blockTypes({ message }: Answered): readonly string[] {
  return message.content.map(({ type }) => type);
}

/** The conversation of a first request, with its answer and the results of its calls. */
export function goOn(
  { message }: Answered,
  results: (ids: readonly string[]) => BetaToolResultBlockParam[],
): BetaMessageParam[] {
  const content: BetaContentBlockParam[] = JSON.parse(JSON.stringify(message.content));
  const ids = message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  return [hello, assistant(content), user(results(ids))];
}

/** The body of the last call, as it reached the upstream. */
export function upstreamBody({ calls }: Answered): string {
  return calls.at(-1)?.text ?? '';
}

/** Whether a request differs upstream by what is asked for: it is sent once more, without. */
export function differsFrom(without: Partial<Body>): NonNullable<Feature['check']> {
  return async ({ calls }, { ask }) => {
    const plain = await ask(bodyOf(without));
    return plain.calls.length > 0 && plain.calls.at(-1)?.text !== calls.at(-1)?.text;
  };
}
