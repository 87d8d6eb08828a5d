import { expect } from 'bun:test';
import type { FakeOpenAi } from './fake-openai.ts';

export type Body = Record<string, unknown>;
export interface RefusedRequest {
  readonly says: string;
  readonly body: Body;
  readonly status?: number;
  readonly code: string | null;
  readonly param: string | null;
  /** Part of the message. */
  readonly message?: string;
}

export const user = { role: 'user', content: 'Hello' };
export const plain = { model: 'gpt-4.1', messages: [user] };
export const noParameters = { type: 'object', properties: {} };
export const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function tool(name: string, more: Body = {}): Body {
  return { type: 'function', function: { name, parameters: noParameters, ...more } };
}
export function withParameters(parameters: Body, strict = false): Body {
  return { ...plain, tools: [tool('Fetch', { parameters, strict })] };
}
export function called(...ids: string[]): Body {
  const calls = ids.map((id) => ({ id, type: 'function', function: { name: 'Read', arguments: '{}' } }));
  return { role: 'assistant', content: null, tool_calls: calls };
}
export function result(id: string, content: unknown = 'done'): Body {
  return { role: 'tool', tool_call_id: id, content };
}
export function talk(...messages: Body[]): Body {
  return { model: 'gpt-4.1', messages };
}
export function picture(url: string): Body {
  return talk({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });
}
export function file(content: Body): Body {
  return talk({ role: 'user', content: [{ type: 'file', file: content }] });
}
export function schemaFormat(schema: Body, name = 'answer', strict = true): Body {
  return { ...plain, response_format: { type: 'json_schema', json_schema: { name, schema, strict } } };
}
export const strictObject = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};
export const badParameters = { code: 'invalid_function_parameters', param: 'tools[0].function.parameters' };

/** The row's request is refused with the row's code, and the fake has written that down. */
export async function expectRefusal(fake: FakeOpenAi, row: RefusedRequest): Promise<void> {
  const { body, status = 400, code, param, message = '' } = row;
  const before = fake.refusals.length;
  const answer = await post(fake.url, body);
  const { error } = await readJson(answer);
  const expected = { status, error: { type: 'invalid_request_error', code, param } };
  expect({ status: answer.status, error }).toMatchObject(expected);
  expect(String(Object(error).message)).toContain(message);
  expect(fake.refusals.slice(before)).toMatchObject([{ code, param }]);
}

export function post(url: string, body: Body, headers: Record<string, string> = { authorization: 'Bearer sk-right' }) {
  return fetch(`${url}/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) });
}

export async function readJson(answer: Response): Promise<Record<string, unknown>> {
  return Object(await answer.json());
}
