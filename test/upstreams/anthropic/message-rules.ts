import { isOn } from './betas.ts';
import { blocksOf, type Message, textOf } from './messages-body.ts';
import { invalid, missing, type Refusal, unknownField } from './refusal.ts';
import { outputConfigRefusal } from './request-shape.ts';
import type { Rule } from './rules.ts';

const maxMessages = 100_000;

const roles: Rule = ({ body, family, betas }) => {
  const { messages } = body;
  if (messages.length === 0) return invalid('messages: at least one message is required');
  if (messages.length > maxMessages) return invalid(`messages: List should have at most ${maxMessages} items`);
  for (const [index, message] of messages.entries()) {
    const { role } = message;
    if (role === 'user' || role === 'assistant') {
      const unknown = Object.keys(message).find((field) => field !== 'role' && field !== 'content');
      if (unknown !== undefined) return unknownField(`messages.${index}.${unknown}`);
      continue;
    }
    if (role !== 'system') {
      return invalid(
        `messages: Unexpected role "${role}". Allowed roles are "user" or "assistant". For "system" messages, use the top-level \`system\` parameter.`,
      );
    }
    if (!family.systemMessages) return invalid(`messages.${index}: role 'system' is not supported on this model`);
    const refusal = systemRefusal(message, index, betas);
    if (refusal !== undefined) return refusal;
    if (!followsUser(messages, index)) {
      return invalid(`messages.${index}: role 'system' must directly follow a user message`);
    }
  }
  if (messages[0]?.role !== 'user') return invalid('messages: first message must use the "user" role');
  return undefined;
};

function systemRefusal(message: Message, index: number, betas: ReadonlySet<string>): Refusal | undefined {
  const where = `messages.${index}`;
  if (message.content === undefined && message.output_config === undefined) return missing(`${where}.content`);
  for (const field of Object.keys(message)) {
    const isKnown =
      field === 'role' ||
      field === 'content' ||
      (field === 'output_config' && isOn(betas, ['mid-conversation-output-config-', 'per-turn-control-'])) ||
      (field === 'clear_at' && isOn(betas, ['mid-conversation-system-clear-at-']));
    if (!isKnown) return unknownField(`${where}.${field}`);
  }
  return outputConfigRefusal(message.output_config, `${where}.output_config`, ['effort', 'task_budget']);
}

function followsUser(messages: readonly Message[], index: number): boolean {
  const before = messages.slice(0, index).findLast(({ role }) => role !== 'system');
  return before?.role === 'user';
}

const contents: Rule = ({ body, family }) => {
  const { messages } = body;
  const last = messages.at(-1);
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    const isFinalAnswer = message === last && message.role === 'assistant';
    const isEmpty = blocks.length === 0 || message.content === '';
    if (isEmpty && !isFinalAnswer && message.role !== 'system') {
      return invalid(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    if (isEmpty) continue;
    const texts = blocks.filter(({ type }) => type === 'text').map(textOf);
    if (texts.includes('')) return invalid('messages: text content blocks must be non-empty');
    if (texts.some((text) => text.trim() === '')) {
      return invalid('messages: text content blocks must contain non-whitespace text');
    }
  }
  if (last?.role !== 'assistant') return;
  if (!family.prefill) {
    return invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const final = blocksOf(last).at(-1);
  if (final?.type === 'text' && /\s$/.test(textOf(final))) {
    return invalid('messages: final assistant content cannot end with trailing whitespace');
  }
  return undefined;
};

const systemPrompt: Rule = ({ body }) => {
  if (typeof body.system !== 'object') return;
  for (const [index, block] of body.system.entries()) {
    if (block.type !== 'text') return invalid(`system.${index}.type: Input should be 'text'`);
    if (textOf(block) === '') return invalid('system: text content blocks must be non-empty');
  }
  return undefined;
};

export const messageRules: readonly Rule[] = [systemPrompt, roles, contents];
