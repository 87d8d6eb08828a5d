import { parseMessagesRequest } from '../src/messages/parse-request.ts';
import type { Loss } from '../src/messages/types.ts';
import type { BuiltRequest } from '../src/providers/provider.ts';

/** What a dialect has made of a request, `Body` being its own form of one. */
export interface Built<Body> {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Body;
  readonly losses: readonly Loss[];
  /** The fields of the losses alone. */
  readonly lost: readonly string[];
}

export function opened<Body>({ url, headers, body, losses }: BuiltRequest): Built<Body> {
  return { url, headers, text: body, body: JSON.parse(body), losses, lost: losses.map(({ field }) => field) };
}

export const hello = [{ role: 'user', content: 'hello' }] as const;

/** A request as a client would send it, through the parser. Missing required fields are filled in. */
export function parsed(request: object): ReturnType<typeof parseMessagesRequest> {
  const whole = { model: 'claude-test', max_tokens: 4_096, messages: hello, ...request };
  return parseMessagesRequest(JSON.stringify(whole));
}
