import { nameRule } from '../../src/providers/gemini/name-rule.ts';
import { type CarriedSignature, sealSignature } from '../../src/providers/gemini/signature-envelope.ts';
import type { Target } from '../../src/providers/provider.ts';
import { toolNamesOf } from '../../src/translation/tool-names.ts';
import { parsed } from '../build-gemini-request.ts';
import type { ModelFamily } from '../upstreams/gemini/models.ts';
import type { Signatures } from '../upstreams/gemini/signatures.ts';
import type { Block, Message } from './conversations.ts';

/** The same conversation as if a Gemini model had led it: its texts and the first call of each turn are signed. */
export function signedBy(
  signatures: Signatures,
  family: ModelFamily,
  target: Target,
  messages: readonly Message[],
): readonly Message[] {
  const names = toolNamesOf(parsed({ messages }), nameRule);
  const thinking = (carried: CarriedSignature): Block => ({
    type: 'thinking',
    thinking: '',
    signature: sealSignature(carried, target),
  });
  return messages.map((message) => {
    const { role, content } = message;
    if (role !== 'assistant' || typeof content === 'string') return message;
    const first = content.findIndex(({ type }) => type === 'tool_use');
    const blocks = content.flatMap((block, index): readonly Block[] => {
      if (index === first) {
        const call = { name: names.write(String(block.name)), args: block.input ?? {}, id: undefined };
        return [thinking({ on: 'call', signature: signatures.issue(family, { on: 'call', ...call }) }), block];
      }
      if (block.type !== 'text' || typeof block.text !== 'string' || block.text === '') return [block];
      const characters = [...block.text];
      const { length } = characters.slice(0, Math.ceil(characters.length / 2)).join('');
      const signature = signatures.issue(family, { on: 'text', texts: [block.text.slice(0, length)] });
      return [thinking({ on: 'text', signature, at: 'start', length }), block];
    });
    return { role, content: blocks };
  });
}
