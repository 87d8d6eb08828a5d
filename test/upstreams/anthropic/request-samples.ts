import { expect } from 'bun:test';
import type { FakeAnthropic } from './fake-anthropic.ts';

// What the tests of the rules are built from.
export type Body = Readonly<Record<string, unknown>>;

export const user = { role: 'user', content: 'Hello' } as const;
export const plain = { model: 'claude-opus-5-5', max_tokens: 100, messages: [user] } as const satisfies Body;
/** A model that thinks by budget, takes a prefill and knows no system messages. */
export const earlier = { ...plain, model: 'claude-sonnet-4-5' } as const satisfies Body;

export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function talk(...messages: Body[]): Body {
  return { ...plain, messages };
}

/** A message of the user's with these blocks. */
export function says(...content: Body[]): Body {
  return { role: 'user', content };
}

export function answers(...content: Body[]): Body {
  return { role: 'assistant', content };
}

export function text(words: string, more: Body = {}): Body {
  return { type: 'text', text: words, ...more };
}

export function call(id: string, more: Body = {}): Body {
  return { type: 'tool_use', id, name: 'Read', input: {}, ...more };
}

export function result(id: string, more: Body = {}): Body {
  return { type: 'tool_result', tool_use_id: id, content: 'done', ...more };
}

export function image(data: string, mediaType = 'image/png'): Body {
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

export function tool(name: string, more: Body = {}): Body {
  return { name, input_schema: { type: 'object', properties: {} }, ...more };
}

export interface Headed {
  readonly betas?: string;
  readonly version?: string | undefined;
}

export function post(url: string, body: Body, { betas, version = '2023-06-01' }: Headed = {}): Promise<Response> {
  const headers = {
    'x-api-key': 'any',
    'anthropic-version': version,
    ...(betas === undefined ? {} : { 'anthropic-beta': betas }),
  };
  return fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The request is refused with this message, and the fake has written that down. */
export async function expectRefusal(
  fake: FakeAnthropic,
  row: Headed & { readonly body: Body; readonly message: string; readonly status?: number; readonly type?: string },
): Promise<void> {
  const { status = 400, type = 'invalid_request_error' } = row;
  const before = fake.refusals.length;
  const answer = await post(fake.url, row.body, row);
  const message = expect.stringContaining(row.message);
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status,
    body: { type: 'error', error: { type, message }, request_id: answer.headers.get('request-id') },
  });
  expect(fake.refusals.slice(before)).toMatchObject([{ status, type, message }]);
}
