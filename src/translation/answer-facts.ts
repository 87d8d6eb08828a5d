import type { MessagesRequest } from '../messages/types.ts';
import { type NameRule, toolNameReader } from './tool-names.ts';

/**
 * What the reading of an answer needs of its request. Taken out when the answer begins: an open stream may stand for
 * many minutes, and must not hold a whole conversation meanwhile.
 */
export interface AnswerFacts {
  /** The client's own name of the model. */
  readonly model: string;
  readonly stopSequences: readonly string[];
  readonly contextManaged: boolean;
  readonly structured: boolean;
  /** `carried`: the thinking stays empty, and its text travels in the signature alone. */
  readonly thinking: 'shown' | 'carried' | 'dropped';
  /** Not every upstream can be told to call one tool only: what it sends beyond the first call is left out. */
  readonly onlyFirstCall: boolean;
  readonly offeredTools: ReadonlySet<string>;
  readonly readToolName: (upstreamName: string) => string;
  /** The ids of the conversation's calls: clients drop a second call with a known id. */
  readonly knownToolIds: ReadonlySet<string>;
}

export function answerFactsOf(request: MessagesRequest, names: NameRule): AnswerFacts {
  const { model, stop_sequences: stopSequences = [], context_management: contextManagement } = request;
  return {
    model,
    stopSequences,
    contextManaged: contextManagement !== undefined,
    structured: (request.output_config?.format ?? request.output_format ?? undefined) !== undefined,
    thinking: thinkingOf(request),
    onlyFirstCall: forbidsParallel(request.tool_choice),
    offeredTools: offeredNames(request),
    readToolName: toolNameReader(request, names),
    knownToolIds: toolIdsOf(request),
  };
}

/** A client that did not ask for thinking gets none to read, yet with tools the model needs its reasoning back. */
export function thinkingOf({ thinking, tools }: MessagesRequest): AnswerFacts['thinking'] {
  if (thinking === undefined || thinking.type === 'disabled') {
    return tools !== undefined && tools.length > 0 ? 'carried' : 'dropped';
  }
  return 'display' in thinking && thinking.display === 'omitted' ? 'carried' : 'shown';
}

function forbidsParallel(choice: MessagesRequest['tool_choice']): boolean {
  return choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true;
}

function offeredNames({ tools = [] }: MessagesRequest): ReadonlySet<string> {
  const names = new Set<string>();
  for (const tool of tools) if ('name' in tool && typeof tool.name === 'string') names.add(tool.name);
  return names;
}

function toolIdsOf({ messages }: MessagesRequest): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const block of content) if (block.type === 'tool_use' && typeof block.id === 'string') ids.add(block.id);
  }
  return ids;
}
