import { expect, test } from 'bun:test';
import { openAi, testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { mayReturn, reasoningMark } from '../openai/left-out-reasoning.ts';
import type { Repair } from '../provider.ts';
import { sealItem } from './reasoning-envelope.ts';
import { leaveOutReasoning } from './refused-reasoning.ts';

const signed = (encrypted: string, target = openAi) =>
  sealItem({ encrypted, summary: undefined, phase: undefined, hosted: undefined }, target);

const request: MessagesRequest = {
  model: 'claude-sonnet-5',
  max_tokens: 100,
  messages: [
    { role: 'user', content: 'go on' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: '', signature: signed('first') },
        { type: 'redacted_thinking', data: signed('second') },
        {
          type: 'thinking',
          thinking: '',
          signature: signed('elsewhere', { ...openAi, baseUrl: 'https://other.test' }),
        },
        { type: 'tool_use', id: 'call_1', name: 'Read', input: {} },
      ],
    },
  ],
};
const calls = {
  recall: (id: string) => (id === 'call_1' ? signed('remembered') : undefined),
  remember: () => undefined,
};

test('a refusal names every item that went back, and those that come later may', () => {
  const repair = leaveOutReasoning(request, openAi, { calls, repairs: [] });
  const may = mayReturn(repair ? [repair] : []);
  expect(['first', 'second', 'remembered'].map(may)).toEqual([false, false, false]);
  expect(['elsewhere', 'the next thought'].map(may)).toEqual([true, true]);
});

test('what an earlier refusal has named stays out as well, since of two such repairs only the later is kept', () => {
  const earlier: Repair = { kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark('of another day')] };
  const repair = leaveOutReasoning(request, openAi, { ...testContext(), repairs: [earlier] });
  expect(mayReturn(repair ? [repair] : [])('of another day')).toBe(false);
});

test('where nothing more can be left out, there is no repair', () => {
  const first = leaveOutReasoning(request, openAi, { calls, repairs: [] });
  expect(leaveOutReasoning(request, openAi, { calls, repairs: first ? [first] : [] })).toBeUndefined();
});

test('what holds for all reasoning holds for each item', () => {
  expect(mayReturn([{ kind: 'drop-reasoning', scope: 'model' }])('any')).toBe(false);
  expect(mayReturn([])('any')).toBe(true);
});
