import { expect, test } from 'bun:test';
import type { Message } from '../messages/types.ts';
import { withoutOldResults } from './cleared-tool-uses.ts';

test.each([0, 1e9])(
  'a history of many thousand requests, of which %d tokens at least are to go, takes no long time',
  (least) => {
    const messages = Array.from({ length: 30_000 }, (_, index): Message[] => [
      { role: 'assistant', content: [{ type: 'tool_use', id: `t${index}`, name: 'Read', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${index}`, content: 'abc' }] },
    ]).flat();
    const startedAt = performance.now();
    withoutOldResults(
      { model: 'm', max_tokens: 1, messages },
      {
        trigger: { type: 'input_tokens', value: 10 },
        keptUses: 0,
        clearAtLeast: least,
        excludedTools: new Set<string>(),
        clearsInputOf: () => false,
      },
      (request) => request.messages.length,
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  },
);
