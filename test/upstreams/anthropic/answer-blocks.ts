import { parseJson } from '../json.ts';
import type { SearchResult, Step, ToolCallStep } from '../script.ts';
import { seal } from './seals.ts';

/** One block of an answer, in pieces for a stream and whole for a plain message. */
export interface AnswerBlock {
  readonly start: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Readonly<Record<string, unknown>>[];
  readonly whole: Readonly<Record<string, unknown>>;
}

const directly = { caller: { type: 'direct' } } as const;

/** What the blocks of one answer depend on beside its steps. */
export interface AnswerContext {
  /** Makes an id behind a prefix. */
  readonly newId: (prefix: string) => string;
  /** Without it thinking comes as a signature alone. */
  readonly showsThinking: boolean;
}

/** The blocks that a step says; none for a step that only tells how the answer ends. */
export function blocksOfStep(step: Step, { newId, showsThinking }: AnswerContext): readonly AnswerBlock[] {
  switch (step.type) {
    case 'say':
    case 'refuse':
      return [textBlock(step.pieces)];
    case 'think':
      return [thinkingBlock(showsThinking ? step.pieces : [], step.signature)];
    case 'call-tool':
      return [toolUse(step, newId)];
    case 'interleave':
      // The real API has one block open at a time.
      return step.calls.map((call) => toolUse(call, newId));
    case 'search':
      return searched(step.query, step.results, newId('srvtoolu_'));
    default:
      return [];
  }
}

function textBlock(pieces: readonly string[]): AnswerBlock {
  return {
    start: { type: 'text', text: '' },
    deltas: pieces.map((text) => ({ type: 'text_delta', text })),
    whole: { type: 'text', text: pieces.join('') },
  };
}

function thinkingBlock(pieces: readonly string[], given: string | undefined): AnswerBlock {
  const thinking = pieces.join('');
  const signature = given ?? seal(thinking);
  const said = pieces.map((piece) => ({ type: 'thinking_delta', thinking: piece }));
  return {
    start: { type: 'thinking', thinking: '', signature: '' },
    deltas: [...said, { type: 'signature_delta', signature }],
    whole: { type: 'thinking', thinking, signature },
  };
}

function toolUse(step: ToolCallStep, newId: (prefix: string) => string): AnswerBlock {
  const head = { type: 'tool_use', id: step.id ?? newId('toolu_'), name: step.name };
  const text = step.argumentPieces.join('');
  // The first piece is always empty; a call without arguments has no other.
  const pieces = ['', ...(text === '{}' ? [] : step.argumentPieces)];
  return {
    start: { ...head, input: {}, ...directly },
    deltas: pieces.map((partial) => ({ type: 'input_json_delta', partial_json: partial })),
    whole: { ...head, input: parseJson(text) ?? {}, ...directly },
  };
}

function searched(query: string, results: readonly SearchResult[], id: string): readonly AnswerBlock[] {
  const call = { type: 'server_tool_use', id, name: 'web_search' };
  const content = results.map(({ title, url }) => ({
    type: 'web_search_result',
    title,
    url,
    encrypted_content: seal(url),
    page_age: null,
  }));
  const found = { type: 'web_search_tool_result', tool_use_id: id, content, ...directly };
  const written = { type: 'input_json_delta', partial_json: JSON.stringify({ query }) };
  return [
    {
      start: { ...call, input: {}, ...directly },
      deltas: [written],
      whole: { ...call, input: { query }, ...directly },
    },
    { start: found, deltas: [], whole: found },
  ];
}
