import { isRecord } from '../json.ts';
import { isOn } from './betas.ts';
import { blocksOf, isBlockList, type MessagesBody, textOf } from './messages-body.ts';
import { expected, invalid, unknownField } from './refusal.ts';
import type { Rule } from './rules.ts';

const maxBreakpoints = 4;

interface Marked {
  readonly where: string;
  readonly control: unknown;
  readonly isEmptyText: boolean;
  readonly isThinking: boolean;
}

/** Everything with a `cache_control`, in the order of the prompt: tools, system, messages. */
function breakpointsOf(body: MessagesBody): readonly Marked[] {
  const marked: Marked[] = [];
  const look = (holder: Readonly<Record<string, unknown>>, where: string) => {
    const control = holder.cache_control;
    if (control === undefined || control === null) return;
    const { type } = holder;
    const isEmptyText = type === 'text' && textOf({ ...holder, type: 'text' }) === '';
    marked.push({ where, control, isEmptyText, isThinking: type === 'thinking' || type === 'redacted_thinking' });
  };
  for (const [index, tool] of (body.tools ?? []).entries()) look(tool, `tools.${index}`);
  if (isBlockList(body.system)) for (const [index, block] of body.system.entries()) look(block, `system.${index}`);
  for (const [index, message] of body.messages.entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      const where = `messages.${index}.content.${at}`;
      look(block, where);
      if (!isBlockList(block.content)) continue;
      for (const [inner, part] of block.content.entries()) look(part, `${where}.content.${inner}`);
    }
  }
  return marked;
}

const breakpoints: Rule = ({ body, betas }) => {
  const marked = breakpointsOf(body);
  if (marked.length > maxBreakpoints) {
    return invalid(`A maximum of ${maxBreakpoints} blocks with cache_control may be provided. Found ${marked.length}.`);
  }
  let shortSeen = false;
  for (const { where, control, isEmptyText, isThinking } of marked) {
    const path = `${where}.cache_control`;
    if (isEmptyText) return invalid(`${path}: cache_control cannot be set for empty text blocks`);
    if (isThinking) return unknownField(path);
    if (!isRecord(control) || control.type !== 'ephemeral') return expected(`${path}.type`, ['ephemeral']);
    const unknown = Object.keys(control).find(
      (field) => field !== 'type' && field !== 'ttl' && !(field === 'scope' && isOn(betas, ['prompt-caching-scope-'])),
    );
    if (unknown !== undefined) return unknownField(`${path}.${unknown}`);
    const ttl = control.ttl ?? '5m';
    if (ttl !== '5m' && ttl !== '1h') return expected(`${path}.ttl`, ['5m', '1h']);
    if (ttl === '1h' && shortSeen) {
      return invalid(
        `${path}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`,
      );
    }
    shortSeen ||= ttl === '5m';
  }
  return undefined;
};

export const cacheRules: readonly Rule[] = [breakpoints];
