import { expect, test } from 'bun:test';
import { sealEnvelope } from '../../messages/envelope.ts';
import type { Target } from '../provider.ts';
import { mergeReasoningDetails } from './reasoning-details.ts';
import { openReasoning, sealReasoning } from './reasoning-envelope.ts';

const target: Target = {
  provider: 'openai',
  model: 'deepseek-reasoner',
  baseUrl: 'https://api.deepseek.com/v1',
  apiKey: undefined,
  route: 'test',
};
const carried = { field: 'reasoning_content', text: 'because', details: undefined };

test('reasoning comes back as it was sealed, to the upstream that wrote it, whatever model it serves', () => {
  const signature = sealReasoning(carried, target);
  expect(openReasoning(signature, target)).toEqual({ ...carried, model: 'deepseek-reasoner' });
  expect(openReasoning(signature, { ...target, model: 'other' })?.model).toBe('deepseek-reasoner');
});

test("another upstream's reasoning, other envelopes and foreign signatures are not opened", () => {
  const elsewhere = { ...target, baseUrl: 'https://openrouter.ai/api/v1' };
  expect(openReasoning(sealReasoning(carried, target), elsewhere)).toBeUndefined();
  for (const signature of [
    sealEnvelope('gemini', { w: 'gemini' }),
    sealEnvelope('openai', 'chat'),
    'ErUBCkYIBxgC',
    '',
  ]) {
    expect(openReasoning(signature, target)).toBeUndefined();
  }
});

test('streamed reasoning details are merged by index, a late signature included', () => {
  const pieces = [
    { type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1', text: 'First ' },
    { type: 'reasoning.text', index: 0, text: 'thought' },
    { type: 'reasoning.encrypted', index: 1, data: 'ab' },
    { index: 0, text: null, signature: 'sig', id: null },
    { type: 'reasoning.encrypted', index: 1, data: 'cd', id: 'rs_1' },
    { type: 'reasoning.summary', summary: 'own' },
    { type: 'reasoning.summary', summary: 'own' },
  ];
  expect(mergeReasoningDetails(pieces)).toEqual([
    { type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1', text: 'First thought', signature: 'sig' },
    { type: 'reasoning.encrypted', index: 1, data: 'abcd', id: 'rs_1' },
    { type: 'reasoning.summary', summary: 'own' },
    { type: 'reasoning.summary', summary: 'own' },
  ]);
  // Of several calls at once, each with what belongs to it.
  const entries = ['call_1', 'call_2'].map((id) => ({ type: 'reasoning.encrypted', index: 0, id, data: `of ${id}` }));
  expect(mergeReasoningDetails(entries)).toEqual(entries);
  expect(pieces[0]).toEqual({ type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1', text: 'First ' });
});
