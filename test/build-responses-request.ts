import { buildRequest } from '../src/providers/openai-responses/request.ts';
import type { InputItem, ResponsesBody } from '../src/providers/openai-responses/wire.ts';
import type { CallMemory, Target } from '../src/providers/provider.ts';
import { targetFor as chatTargetFor, type Surroundings } from './build-chat-request.ts';
import { type Built as BuiltRequest, opened, parsed } from './built-request.ts';
import { noCallMemory } from './no-call-memory.ts';

export { customTool } from './build-chat-request.ts';
export { hello, parsed } from './built-request.ts';

export interface ResponsesSurroundings extends Surroundings {
  readonly calls?: CallMemory;
}
export type Built = BuiltRequest<ResponsesBody>;

export function targetFor(around: Surroundings): Target {
  return chatTargetFor({ model: 'gpt-5', ...around });
}

/** A request as a client would send it, through the parser and the translation. Missing required fields are filled in. */
export function buildResponses(request: object, around: ResponsesSurroundings = {}): Built {
  return opened(buildRequest(parsed(request), targetFor(around), contextFor(around)));
}

export function contextFor(around: ResponsesSurroundings) {
  return {
    messageId: 'msg_test',
    newId: (prefix: string) => `${prefix}test`,
    inputTokenEstimate: around.inputTokenEstimate ?? 100,
    sessionId: 'sessionId' in around ? around.sessionId : 'session-1',
    agentId: around.agentId,
    calls: around.calls ?? noCallMemory,
    repairs: around.repairs ?? [],
  };
}

/** The items with the system text of the head left out. */
export function itemsOf({ body }: Built): readonly InputItem[] {
  const [first] = body.input;
  const isHead = first !== undefined && 'role' in first && (first.role === 'developer' || first.role === 'system');
  return isHead ? body.input.slice(1) : body.input;
}
