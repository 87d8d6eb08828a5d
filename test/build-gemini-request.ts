import { Secret } from '../src/config/secret.ts';
import { buildRequest } from '../src/providers/gemini/request.ts';
import type { Content, GenerateContentBody, Part } from '../src/providers/gemini/wire.ts';
import type { CallMemory, Repair, Target } from '../src/providers/provider.ts';
import { type Built as BuiltRequest, opened, parsed } from './built-request.ts';
import { noCallMemory } from './no-call-memory.ts';

export { hello, parsed } from './built-request.ts';

export interface Surroundings {
  readonly provider?: 'gemini' | 'vertex';
  readonly model?: string;
  readonly baseUrl?: string;
  readonly location?: string;
  readonly apiKey?: string;
  readonly repairs?: readonly Repair[];
  readonly inputTokenEstimate?: number;
  readonly calls?: CallMemory;
}

export type Built = BuiltRequest<GenerateContentBody>;

export function targetFor({ provider = 'gemini', model = 'gemini-2.5-flash', ...more }: Surroundings): Target {
  const isVertex = provider === 'vertex';
  return {
    provider,
    model,
    baseUrl: more.baseUrl ?? (isVertex ? 'https://aiplatform.test' : 'https://gemini.test'),
    apiKey: more.apiKey === undefined ? undefined : new Secret(more.apiKey),
    ...(isVertex ? { vertex: { project: 'a-project', location: more.location ?? 'global' } } : {}),
    route: 'test',
  };
}

export function contextFor(around: Surroundings): Parameters<typeof buildRequest>[2] {
  return {
    messageId: 'msg_test',
    newId: (prefix) => `${prefix}test`,
    inputTokenEstimate: around.inputTokenEstimate ?? 100,
    sessionId: 'session-1',
    agentId: undefined,
    calls: around.calls ?? noCallMemory,
    repairs: around.repairs ?? [],
  };
}

/** A request as a client would send it, through the parser and the translation. Missing required fields are filled in. */
export function buildGemini(request: object, around: Surroundings = {}): Built {
  return opened(buildRequest(parsed(request), targetFor(around), contextFor(around)));
}

export function contentsOf(messages: readonly object[], around: Surroundings = {}): readonly Content[] {
  return buildGemini({ messages }, around).body.contents;
}

/** The parts of the last content. */
export function lastParts({ body }: Built): readonly Part[] {
  return body.contents.at(-1)?.parts ?? [];
}

export const customTool = (name: string, more: object = {}) => ({
  name,
  description: `does ${name}`,
  input_schema: { type: 'object', properties: { a: { type: 'string' } } },
  ...more,
});
