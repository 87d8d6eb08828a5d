import { summaryText } from '../../translation/block-text.ts';
import type { Translation } from '../openai/translation.ts';
import { turnsOf } from '../openai/turns.ts';
import { buildAssistantTurn } from './assistant-turn.ts';
import { buildUserTurn, systemLine } from './user-turn.ts';
import type { AssistantMessage, TextPart, UserContent, UserMessage, WireMessage } from './wire.ts';

export interface BuiltMessages {
  readonly messages: WireMessage[];
  /** Whether the conversation ends in words of the assistant that it is to continue. */
  readonly endsInPrefill: boolean;
}

/**
 * The conversation as Chat Completions tells it. What stands for a turn never depends on what comes after the turn, so
 * that the next request begins with the very bytes of this one and upstream finds them in its cache.
 */
export function buildMessages(head: string, lastLines: readonly string[], translation: Translation): BuiltMessages {
  const { request } = translation;
  const writer = new MessageWriter(translation);
  if (head !== '') writer.add({ role: 'system', content: head });
  let callIds: readonly string[] = [];
  for (const { isAssistant, first, last } of turnsOf(request)) {
    if (isAssistant) {
      const turn = buildAssistantTurn(first, last, translation);
      for (const summary of turn.summaries) writer.add({ role: 'user', content: summaryText(summary) });
      if (turn.message !== undefined) writer.add(turn.message);
      callIds = turn.callIds;
    } else {
      for (const message of buildUserTurn(first, last, callIds, translation)) writer.add(message);
      callIds = [];
    }
  }
  // Calls at the very end have no results yet, and upstream refuses them without.
  for (const message of buildUserTurn(0, -1, callIds, translation)) writer.add(message);
  const endsInPrefill = writer.messages.at(-1)?.role === 'assistant';
  for (const line of lastLines) for (const message of systemLine(line, translation)) writer.add(message);
  if (writer.messages.every(({ role }) => role === 'system')) writer.add({ role: 'user', content: '' });
  return { messages: writer.messages, endsInPrefill };
}

/** Takes messages in order and keeps to the server's rules about neighbours. */
class MessageWriter {
  readonly messages: WireMessage[] = [];
  readonly #merges: boolean;
  readonly #userAfterTool: boolean;

  constructor({ dialect }: Translation) {
    this.#merges = dialect.neighbours === 'merged';
    this.#userAfterTool = dialect.userAfterTool;
  }

  add(message: WireMessage): void {
    const last = this.messages.at(-1);
    if (message.role === 'user' && last?.role === 'user' && this.#merges) {
      this.#replaceLast({ role: 'user', content: joined(last.content, message.content) });
    } else if (message.role === 'assistant' && last?.role === 'assistant' && this.#merges && !last.tool_calls) {
      this.#replaceLast(joinedAssistant(last, message));
    } else {
      if (message.role === 'user' && last?.role === 'tool' && !this.#userAfterTool) {
        this.messages.push({ role: 'assistant', content: 'OK' });
      }
      this.messages.push(message);
    }
  }

  #replaceLast(message: UserMessage | AssistantMessage): void {
    this.messages[this.messages.length - 1] = message;
  }
}

function joined(first: UserContent, second: UserContent): UserContent {
  if (typeof first === 'string' && typeof second === 'string') return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

function partsOf(content: UserContent): Exclude<UserContent, string> {
  const part = (text: string): TextPart => ({ type: 'text', text });
  return typeof content === 'string' ? [part(content)] : content;
}

function joinedAssistant(first: AssistantMessage, second: AssistantMessage): AssistantMessage {
  const content = [first.content, second.content].filter((text) => text !== null && text !== '').join('\n\n');
  return { ...first, ...second, content };
}
