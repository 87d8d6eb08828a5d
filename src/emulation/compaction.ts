import type { BetaCompactionBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { ownCompaction } from '../messages/envelope.ts';
import type { AnswerMessage, DeltaUsage, MessageEvent, MessagesRequest } from '../messages/types.ts';
import type { Compact } from './context-edits.ts';
import { toolChangesIn } from './tool-changes.ts';

type Iteration = NonNullable<DeltaUsage['iterations']>[number];

/** What takes a conversation's place, and what writing it has used. */
export interface Compaction {
  /** In the model's own words. Its content is null where the model wrote none: the API's word for a compaction that failed. */
  readonly block: BetaCompactionBlock;
  readonly usage: DeltaUsage;
}

/** Room for a thorough summary, and for the thoughts of a model that thinks first. */
const summaryTokens = 16_384;

const usualInstructions = `This conversation is about to be replaced by a summary of it. Whoever goes on with it will see your summary and nothing else of what stands above, so write it now, complete enough that the work goes on without a break:
- what the user wants, word for word where the words matter, and which request is still open;
- what was done and found, with the names, paths, numbers, commands and pieces of code that will be needed again;
- what was decided and why, what went wrong and how it was dealt with, what the user wants to be done differently;
- how things stand at this moment, and the very next step.
Call no tool and do not go on with the task itself. Write the summary between <summary> and </summary>.`;

/** The request for a summary of a conversation: the same prompt, so that upstream finds it in its cache, and one more message. */
export function summaryRequest(request: MessagesRequest, { instructions }: Compact): MessagesRequest {
  const { output_config: outputConfig, output_format: _format, stop_sequences: _sequences, ...rest } = request;
  const { format: _answerFormat, ...effort } = outputConfig ?? {};
  return {
    ...rest,
    ...(Object.keys(effort).length > 0 ? { output_config: effort } : {}),
    ...(request.tools === undefined ? {} : { tool_choice: { type: 'none' as const } }),
    max_tokens: Math.max(request.max_tokens, summaryTokens),
    messages: [...request.messages, { role: 'user', content: instructions ?? usualInstructions }],
  };
}

/**
 * Reads what a model has written when it was asked for a summary of `request`. What it wrote without the marks it was told
 * to set is none: a refusal, or half a summary, must not take the place of a conversation.
 */
export function readCompaction(
  answer: Pick<AnswerMessage, 'content' | 'stop_reason'>,
  { instructions }: Compact,
  { messages }: MessagesRequest,
): BetaCompactionBlock {
  const said = answer.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  const [, marked] = /<summary>([\s\S]*?)<\/summary>/.exec(said) ?? [];
  const isWhole = instructions !== undefined && answer.stop_reason === 'end_turn';
  const text = (marked ?? (isWhole ? said : '')).trim();
  if (text === '') return { type: 'compaction', content: null, encrypted_content: ownCompaction };
  return { type: 'compaction', content: text, encrypted_content: ownCompaction, tool_changes: toolChangesIn(messages) };
}

/** The conversation after its compaction; the next request of the client begins with the same. */
export function compactedRequest(request: MessagesRequest, block: BetaCompactionBlock): MessagesRequest {
  return { ...request, messages: [{ role: 'assistant', content: [block] }] };
}

/** An event of the answer that goes on after a compaction: the compaction's block is its first, its cost stands in the usage. */
export function afterCompaction(
  event: MessageEvent,
  { block, usage }: Compaction,
  model: string,
): readonly MessageEvent[] {
  switch (event.type) {
    case 'message_start':
      return [event, ...blockEvents(block)];
    case 'content_block_start':
    case 'content_block_delta':
    case 'content_block_stop':
      return [{ ...event, index: event.index + 1 }];
    case 'message_delta': {
      // What it took to write the summary is not part of the sums beside it.
      const calls = event.usage.iterations ?? [{ ...iteration(event.usage), type: 'message', model }];
      const cost: Iteration = { ...iteration(usage), type: 'compaction' };
      return [{ ...event, usage: { ...event.usage, iterations: [cost, ...calls] } }];
    }
    default:
      return [event];
  }
}

/** The summary comes in one piece, as the API sends it. */
function blockEvents({ content, ...block }: BetaCompactionBlock): readonly MessageEvent[] {
  return [
    { type: 'content_block_start', index: 0, content_block: { ...block, content: null } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'compaction_delta', content, encrypted_content: block.encrypted_content },
    },
    { type: 'content_block_stop', index: 0 },
  ];
}

function iteration(usage: DeltaUsage) {
  const written = usage.cache_creation_input_tokens ?? 0;
  return {
    input_tokens: usage.input_tokens ?? 0,
    cache_read_input_tokens: usage.cache_read_input_tokens ?? 0,
    cache_creation_input_tokens: written,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.output_tokens,
  };
}
