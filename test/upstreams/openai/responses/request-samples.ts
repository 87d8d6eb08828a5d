import { expect } from 'bun:test';
import type { FakeOpenAi } from '../fake-openai.ts';

export type Body = Record<string, unknown>;

export const user: Body = { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };
export const includeReasoning: Body = { store: false, include: ['reasoning.encrypted_content'] };
export const noParameters: Body = { type: 'object', properties: {} };

/** A call of a model that reasons. */
export function ask(input: readonly Body[] | string, more: Body = {}): Body {
  return { model: 'gpt-5', input, ...includeReasoning, ...more };
}
export function tool(name: string, more: Body = {}): Body {
  return { type: 'function', name, parameters: noParameters, strict: false, ...more };
}
export function said(text: string, more: Body = {}): Body {
  return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }], ...more };
}
export function called(callId: string, more: Body = {}): Body {
  return { type: 'function_call', call_id: callId, name: 'Read', arguments: '{}', ...more };
}
export function result(callId: string, output: unknown = 'done'): Body {
  return { type: 'function_call_output', call_id: callId, output };
}

export function post(fake: FakeOpenAi, body: Body, path = '/responses'): Promise<Response> {
  const headers = { authorization: 'Bearer sk-right', 'content-type': 'application/json' };
  return fetch(`${fake.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The items of a whole answer. */
export async function outputOf(fake: FakeOpenAi, body: Body): Promise<readonly Body[]> {
  const answer = await post(fake, body);
  const { output, error } = Object(await answer.json());
  expect(error).toBeNull();
  return output;
}

/** As a client gives items back that nobody has stored: without their ids and status. */
export function givenBack(output: readonly Body[]): readonly Body[] {
  return output.map(({ id: _id, status: _status, ...item }) => item);
}

/** The request is refused with this code, parameter and words. */
export async function expectRefused(fake: FakeOpenAi, body: Body, expected: Body, message: string): Promise<void> {
  const answer = await post(fake, body);
  const { error } = Object(await answer.json());
  const { status = 400, ...rest } = expected;
  expect({ status: answer.status, error }).toMatchObject({ status, error: { type: 'invalid_request_error', ...rest } });
  expect(error.message).toContain(message);
}
