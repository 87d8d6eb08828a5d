import { reasons } from '../models.ts';
import { badRequest, type Refusal } from '../refusal.ts';
import type { ReasoningMemory } from './reasoning-memory.ts';
import { type InputItem, isOfModel, itemsOf } from './responses-request.ts';
import type { Rule } from './rules.ts';

const items: Rule = ({ body, family, memory }) => {
  for (const [index, item] of itemsOf(body).entries()) {
    if (item.type !== 'reasoning') continue;
    if (family.efforts !== undefined && !reasons(family)) {
      const message =
        'Reasoning input items can only be provided to a reasoning or computer use model. Remove reasoning items from your input and try again.';
      return badRequest('input', null, message);
    }
    const refusal = itemRefusal(item, index, memory);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function itemRefusal(item: InputItem, index: number, memory: ReasoningMemory): Refusal | undefined {
  const { content, encrypted_content: encrypted } = item;
  if (Array.isArray(content) && content.length > 0) {
    const param = `input[${index}].content`;
    const message = `Invalid '${param}': array too long. Expected an array with maximum length 0, but got an array with length ${content.length} instead.`;
    return badRequest(param, 'array_above_max_length', message);
  }
  if (typeof encrypted !== 'string') {
    const id = String(item.id ?? 'rs_');
    const message = `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
    return { ...badRequest('input', null, message), status: 404 };
  }
  if (memory.hasIssued(encrypted)) return;
  const shown = `${encrypted.slice(0, 4)}...${encrypted.slice(-4)}`;
  const message = `The encrypted content ${shown} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`;
  return badRequest(null, 'invalid_encrypted_content', message);
}

const followed: Rule = ({ body, memory }) => {
  const input = itemsOf(body);
  for (const [index, item] of input.entries()) {
    if (item.type !== 'reasoning') continue;
    const next = input[index + 1];
    if (next !== undefined && isOfModel(next)) continue;
    const id = String(item.id ?? memory.idOf(String(item.encrypted_content)));
    const message = `Item '${id}' of type 'reasoning' was provided without its required following item.`;
    return badRequest('input', null, message);
  }
  return undefined;
};

/** The service knows which reasoning an item belongs to only where the item is given by its id. */
const preceded: Rule = ({ body, memory }) => {
  const given = new Set<string>();
  for (const item of itemsOf(body)) {
    if (item.type === 'reasoning') given.add(String(memory.idOf(String(item.encrypted_content))));
    const required = typeof item.id === 'string' ? memory.reasoningBefore(item.id) : undefined;
    if (required === undefined || given.has(required)) continue;
    const message = `Item '${String(item.id)}' of type '${String(item.type)}' was provided without its required 'reasoning' item: '${required}'.`;
    return badRequest('input', null, message);
  }
  return undefined;
};

/** Reasoning that comes back: what it must say, and what must stand before and behind it. */
export const reasoningRules: readonly Rule[] = [items, followed, preceded];
