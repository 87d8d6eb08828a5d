import type { ServerProfile } from '../src/config/config.ts';
import { Secret } from '../src/config/secret.ts';
import { buildRequest } from '../src/providers/openai-chat/request.ts';
import type { ChatBody, FunctionDefinition } from '../src/providers/openai-chat/wire.ts';
import type { Repair, Target } from '../src/providers/provider.ts';
import { type Built as BuiltRequest, opened, parsed } from './built-request.ts';
import { noCallMemory } from './no-call-memory.ts';

export { hello } from './built-request.ts';

export interface Surroundings {
  readonly model?: string;
  readonly baseUrl?: string;
  readonly profile?: ServerProfile;
  readonly apiKey?: string;
  readonly repairs?: readonly Repair[];
  readonly inputTokenEstimate?: number;
  readonly sessionId?: string | undefined;
  readonly agentId?: string | undefined;
}

export type Built = BuiltRequest<ChatBody>;

export function targetFor({ model = 'gpt-4.1', baseUrl, profile = 'openai', apiKey }: Surroundings): Target {
  return {
    provider: 'openai',
    model,
    baseUrl: baseUrl ?? 'https://api.openai.com/v1',
    profile: baseUrl === undefined ? profile : 'auto',
    apiKey: apiKey === undefined ? undefined : new Secret(apiKey),
    route: 'test',
  };
}

/** A request as a client would send it, through the parser and the translation. Missing required fields are filled in. */
export function buildChat(request: object, around: Surroundings = {}): Built {
  const built = buildRequest(parsed(request), targetFor(around), {
    messageId: 'msg_test',
    newId: (prefix) => `${prefix}test`,
    inputTokenEstimate: around.inputTokenEstimate ?? 100,
    sessionId: 'sessionId' in around ? around.sessionId : 'session-1',
    agentId: around.agentId,
    calls: noCallMemory,
    repairs: around.repairs ?? [],
  });
  return opened(built);
}

export const customTool = (name: string, more: object = {}) => ({
  name,
  description: `does ${name}`,
  input_schema: { type: 'object', properties: {} },
  ...more,
});

/** The functions that the model is offered, in their order. */
export function functionsIn({ body }: Built): FunctionDefinition[] {
  return (body.tools ?? []).flatMap((tool) => (tool.type === 'function' ? [tool.function] : []));
}

/** The messages with the system text of the head left out. */
export function turnsOf({ body }: Built): ChatBody['messages'] {
  return body.messages[0]?.role === 'system' ? body.messages.slice(1) : body.messages;
}
