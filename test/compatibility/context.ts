import type { BetaContextManagementConfig, BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { say, think } from '../upstreams/script.ts';
import {
  type Answered,
  assistant,
  type Group,
  hello,
  read,
  result,
  textOf,
  upstreamBody,
  used,
  user,
} from './feature.ts';

const reads: BetaMessageParam[] = [0, 1, 2, 3, 4, 5].flatMap((index) => [
  assistant([used(`toolu_${index}`)]),
  user([result(`toolu_${index}`, `file ${index}: ${'words '.repeat(400)}`)]),
]);
const clearResults: BetaContextManagementConfig = {
  edits: [
    {
      type: 'clear_tool_uses_20250919',
      trigger: { type: 'tool_uses', value: 3 },
      keep: { type: 'tool_uses', value: 1 },
    },
  ],
};
const clearThinking: BetaContextManagementConfig = {
  edits: [{ type: 'clear_thinking_20251015', keep: { type: 'thinking_turns', value: 1 } }],
};

/** Above the 50,000 tokens from which a compaction may be asked for. */
const beginning = `This is the old beginning. ${'words '.repeat(52_000)}Fix the bug.`;
const compact: BetaContextManagementConfig = {
  edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value: 50_000 } }],
};
const summary = 'The user wants the bug fixed.';
const compacting = [[say(`<summary>${summary}</summary>`)], [say('On it.')], [say('Fixed.')]];

function tellsOf(edit: string, { message }: Answered): boolean {
  return message.context_management?.applied_edits.some(({ type }) => type === edit) === true;
}

export const context: Group = {
  title: 'Contexts that grow',
  features: [
    {
      title: 'results of old calls are cleared (`clear_tool_uses`)',
      fields: ['context_management'],
      body: { tools: [read], context_management: clearResults, messages: [hello, ...reads] },
      check: (seen) =>
        tellsOf('clear_tool_uses_20250919', seen) &&
        !upstreamBody(seen).includes('file 0:') &&
        upstreamBody(seen).includes('file 5:'),
    },
    {
      title: 'old thinking is cleared (`clear_thinking`)',
      replies: () => [[think('It looks green.'), say('Green.')]],
      fields: ['context_management'],
      body: { thinking: { type: 'adaptive' } },
      next: ({ message }) => {
        const answered = assistant(JSON.parse(JSON.stringify(message.content)));
        return {
          thinking: { type: 'adaptive' },
          context_management: clearThinking,
          messages: [hello, answered, user('Again?'), answered, user('And now?')],
        };
      },
      check: (seen) => tellsOf('clear_thinking_20251015', seen),
    },
    {
      title: 'compaction: the model’s own summary takes the place of the conversation',
      replies: () => compacting,
      fields: ['context_management'],
      body: { context_management: compact, messages: [user(beginning)] },
      next: ({ message }) => ({
        context_management: compact,
        messages: [user(beginning), assistant(JSON.parse(JSON.stringify(message.content))), user('And now?')],
      }),
      check: (seen) =>
        textOf(seen) === 'Fixed.' &&
        upstreamBody(seen).includes(summary) &&
        !upstreamBody(seen).includes('the old beginning'),
    },
  ],
};
