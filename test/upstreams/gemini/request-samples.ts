import { expect } from 'bun:test';
import { isRecord } from '../json.ts';
import { type FakeGemini, type FakeGeminiOptions, startFakeGemini } from './fake-gemini.ts';
import type { Platform } from './gemini-request.ts';

export type Body = Record<string, unknown>;

/** A rule in two requests that differ only in what it is about. */
export interface RuleRow {
  readonly says: string;
  readonly platform?: Platform;
  readonly model?: string;
  readonly passes: Body;
  readonly refused: Body;
  /** The whole message, or on Vertex AI its reason. */
  readonly message: string;
  readonly rules?: FakeGeminiOptions['rules'];
  readonly method?: string;
}

export const asked = { role: 'user', parts: [{ text: 'Hello' }] };
export const skip = 'skip_thought_signature_validator';
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const emptyObject = { type: 'OBJECT' };

export function talk(...contents: Body[]): Body {
  return { contents };
}
export function ask(more: Body): Body {
  return { contents: [asked], ...more };
}
export function withParts(...parts: Body[]): Body {
  return talk({ role: 'user', parts });
}
export function configured(generationConfig: Body): Body {
  return ask({ generationConfig });
}
export function thinkingBy(thinkingConfig: Body): Body {
  return configured({ thinkingConfig });
}
export function said(...parts: Body[]): Body {
  return { role: 'model', parts };
}
/** Calls as generation 2.5 makes them: without ids, and not signed. */
export function called(...names: string[]): Body {
  return said(...names.map((name) => ({ functionCall: { name, args: {} } })));
}
/** The same, with ids and the value that skips the check of the first one's signature. */
export function calledById(...ids: string[]): Body {
  const calls = ids.map((id) => ({ functionCall: { id, name: 'Read', args: {} } }));
  return said(...calls.map((part, index) => (index === 0 ? { ...part, thoughtSignature: skip } : part)));
}
export function answered(...names: string[]): Body {
  return { role: 'user', parts: names.map((name) => answer(name)) };
}
export function answer(name: string, more: Body = {}): Body {
  return { functionResponse: { name, response: { output: 'done' }, ...more } };
}
export function declaring(...declarations: Body[]): Body {
  return ask({ tools: [{ functionDeclarations: declarations }] });
}
export function named(name: string): Body {
  return { name, description: 'x' };
}
/** One declared function whose parameters are in Gemini's own form. */
export function withParameters(schema: Body, property = 'a'): Body {
  return declaring({ name: 'f', parameters: { ...emptyObject, properties: { [property]: schema } } });
}
export function withJsonSchema(schema: unknown): Body {
  return declaring({ name: 'f', parametersJsonSchema: { type: 'object', properties: { a: schema } } });
}

/** The first request of the row is answered and the second refused, with exactly the row's message. */
export async function expectRule(row: RuleRow): Promise<void> {
  const { platform = 'ai-studio', rules = {}, passes, refused, message } = row;
  const fake = await startFakeGemini({ platform, model: () => [], rules });
  try {
    const good = await post(fake, platform, row, passes);
    expect({ status: good.status, refusals: fake.refusals }).toEqual({ status: 200, refusals: [] });
    const bad = await post(fake, platform, row, refused);
    const { error } = await readJson(bad);
    const fault = isRecord(error) ? error : {};
    expect({ status: bad.status, code: fault.status }).toEqual({ status: 400, code: 'INVALID_ARGUMENT' });
    expect(reasonOf(String(fault.message))).toBe(message);
    expect(fake.refusals.map((refusal) => refusal.message)).toEqual([String(fault.message)]);
  } finally {
    await fake.stop();
  }
}

/** Without the frames that each platform puts around a fault. */
function reasonOf(message: string): string {
  return message
    .replace(/^Unable to submit request because (.*)\. Learn more: \S+$/s, '$1')
    .replace(/^\* GenerateContentRequest\.(.*)\n$/s, '$1');
}

function post(fake: FakeGemini, platform: Platform, row: RuleRow, body: Body): Promise<Response> {
  const { model = 'gemini-2.5-flash', method = 'generateContent' } = row;
  return call(fake, pathOf(platform, model, method), body);
}

export function pathOf(platform: Platform, model: string, method: string): string {
  if (platform === 'ai-studio') return `/v1beta/models/${model}:${method}`;
  return `/v1beta1/projects/p/locations/global/publishers/google/models/${model}:${method}`;
}

export function call(fake: FakeGemini, path: string, body: Body, headers: Record<string, string> = credentials) {
  return fetch(fake.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

const credentials = { 'x-goog-api-key': 'a-key', authorization: 'Bearer a-token' };

export async function readJson(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json();
  return isRecord(body) ? body : {};
}
