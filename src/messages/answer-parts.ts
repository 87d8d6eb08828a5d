import type { BetaTextCitation } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { StopSequenceFilter } from './stop-sequences.ts';
import type { MessageEventOf } from './types.ts';

// The pieces of an answer in the order in which the upstream began them. Only the first unfinished one is written;
// what comes for later ones waits in their `held`.

export interface TextPart {
  readonly kind: 'text';
  readonly filter: StopSequenceFilter | undefined;
  held: string;
  /** Blanks before the first visible character. */
  lead: string;
  /** A block begins at its first visible character: blanks before a tool call are no text. */
  begun: boolean;
  ended: boolean;
  /** What the text rests on, told when it ends. */
  citations: readonly BetaTextCitation[];
}

export interface ThinkingPart {
  readonly kind: 'thinking';
  held: string;
  begun: boolean;
  /** Present once the thinking is over; empty where there is nothing to carry. */
  signature: string | undefined;
}

/** A block that goes out whole: redacted thinking, a server tool's call or result. */
export interface WholePart {
  readonly kind: 'whole';
  readonly block: MessageEventOf<'content_block_start'>['content_block'];
}

/** Takes the place of blocks that are told later. */
export interface ReservedPart {
  readonly kind: 'reserved';
}

/** Also the handle by which a provider says which call a piece belongs to. */
export interface ToolPart {
  readonly kind: 'tool';
  id: string | undefined;
  name: string | undefined;
  /** All arguments so far. */
  input: string;
  /** What of them is not written yet. */
  held: string;
  begun: boolean;
  /** Whether any of the arguments has been written. */
  streaming: boolean;
  /** The last piece ended in a brace, so that it is worth looking whether the arguments are whole. */
  mayBeWhole: boolean;
  ended: boolean;
  closed: boolean;
}

export type Part = TextPart | ThinkingPart | WholePart | ReservedPart | ToolPart;

export function newText(stopSequences: readonly string[]): TextPart {
  const filter = stopSequences.length === 0 ? undefined : new StopSequenceFilter(stopSequences);
  return { kind: 'text', filter, held: '', lead: '', begun: false, ended: false, citations: [] };
}

export function newThinking(): ThinkingPart {
  return { kind: 'thinking', held: '', begun: false, signature: undefined };
}

export function newTool(): ToolPart {
  return {
    kind: 'tool',
    id: undefined,
    name: undefined,
    input: '',
    held: '',
    begun: false,
    streaming: false,
    mayBeWhole: false,
    ended: false,
    closed: false,
  };
}
