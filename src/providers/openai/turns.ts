import type { MessagesRequest } from '../../messages/types.ts';

/** A stretch of messages: all of the assistant, or none. */
export interface Turn {
  readonly isAssistant: boolean;
  readonly first: number;
  readonly last: number;
}

/** The conversation's turns in their order: neighbours of one side are one turn. */
export function* turnsOf({ messages }: MessagesRequest): Generator<Turn> {
  let first = 0;
  while (first < messages.length) {
    const isAssistant = messages[first]?.role === 'assistant';
    let last = first;
    while (last + 1 < messages.length && (messages[last + 1]?.role === 'assistant') === isAssistant) last++;
    yield { isAssistant, first, last };
    first = last + 1;
  }
}
