import { type Block, blocksOf, fieldOf, type Message } from './messages-body.ts';
import { invalid, type Refusal } from './refusal.ts';
import type { Rule } from './rules.ts';

/** A turn: all neighbouring messages of one role, as the API merges them. */
interface Turn {
  readonly role: string;
  readonly at: number;
  readonly blocks: readonly (Block & { readonly place: string })[];
}

function turnsOf(messages: readonly Message[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') continue;
    const blocks = blocksOf(message).map((block, at) => ({ ...block, place: `messages.${index}.content.${at}` }));
    const last = turns.at(-1);
    if (last?.role === message.role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] };
    else turns.push({ role: message.role, at: index, blocks });
  }
  return turns;
}

/** Every call has its result at the head of the next user turn, and no result is without a call. */
const pairs: Rule = ({ body }) => {
  const turns = turnsOf(body.messages);
  const known = new Set<string>();
  for (const [index, turn] of turns.entries()) {
    const calls = turn.blocks.filter(({ type }) => type === 'tool_use').map((block) => fieldOf(block, 'id'));
    for (const id of calls) {
      if (known.has(id)) return invalid(`messages.${turn.at}: \`tool_use\` ids must be unique`);
      known.add(id);
    }
    const before = turns[index - 1];
    const asked = (before?.blocks ?? []).filter(({ type }) => type === 'tool_use').map((block) => fieldOf(block, 'id'));
    const refusal = strayResult(turn, asked) ?? unanswered(turn, turns[index + 1], calls);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function strayResult(turn: Turn, asked: readonly string[]): Refusal | undefined {
  const answered = new Set<string>();
  for (const block of turn.blocks) {
    if (block.type !== 'tool_result') continue;
    const id = fieldOf(block, 'tool_use_id');
    if (!asked.includes(id)) {
      return invalid(
        `${block.place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    if (answered.has(id)) {
      return invalid(
        `${block.place}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
      );
    }
    answered.add(id);
  }
  return undefined;
}

function unanswered(turn: Turn, next: Turn | undefined, calls: readonly string[]): Refusal | undefined {
  if (calls.length === 0) return;
  const blocks = next?.blocks ?? [];
  const other = blocks.findIndex(({ type }) => type !== 'tool_result');
  const results = (other === -1 ? blocks : blocks.slice(0, other)).map((block) => fieldOf(block, 'tool_use_id'));
  const open = calls.filter((id) => !results.includes(id));
  if (open.length === 0) return;
  return invalid(
    `messages.${turn.at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

export const pairRules: readonly Rule[] = [pairs];
