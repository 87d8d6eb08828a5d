import { isRecord } from '../json.ts';
import { type Block, blocksOf, fieldOf } from './messages-body.ts';
import { invalid, type Refusal } from './refusal.ts';
import type { Rule } from './rules.ts';
import { isSealOf } from './seals.ts';

/** Thinking comes back as it was said: its signature is bound to its text. */
const signatures: Rule = ({ body }) => {
  for (const [index, message] of body.messages.entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      const refusal = signatureRefusal(block, `messages.${index}.content.${at}`);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function signatureRefusal(block: Block, where: string): Refusal | undefined {
  if (block.type === 'thinking' && !isSealOf(fieldOf(block, 'signature'), fieldOf(block, 'thinking'))) {
    return invalid(`${where}: Invalid \`signature\` in \`thinking\` block`);
  }
  if (block.type === 'redacted_thinking' && !isSealOf(fieldOf(block, 'data'), redacted)) {
    return invalid(`${where}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
  return undefined;
}

/** What the data of a redacted block is sealed for. */
export const redacted = 'redacted_thinking';

/** With thinking by budget, a turn that goes on after its tools must still begin with its thinking. */
const thinkingOfTheTurn: Rule = ({ body }) => {
  if (!isRecord(body.thinking) || body.thinking.type !== 'enabled') return;
  const lastQuestion = body.messages.findLastIndex(
    (message) => message.role === 'user' && blocksOf(message).some(({ type }) => type !== 'tool_result'),
  );
  for (const [offset, message] of body.messages.slice(lastQuestion + 1).entries()) {
    const first = blocksOf(message)[0];
    if (message.role !== 'assistant' || first === undefined) continue;
    if (first.type === 'thinking' || first.type === 'redacted_thinking') return;
    return invalid(
      `messages.${lastQuestion + 1 + offset}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). To avoid this requirement, you must disable \`thinking\`.`,
    );
  }
  return undefined;
};

export const thinkingRules: readonly Rule[] = [signatures, thinkingOfTheTurn];
