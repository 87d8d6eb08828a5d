import { expect, test } from 'bun:test';
import { openEnvelope, sealEnvelope } from '../../messages/envelope.ts';
import { isRecord } from '../../messages/json.ts';
import type { Target } from '../provider.ts';
import { type CarriedItem, openItem, sealItem, serverToolUseId } from './reasoning-envelope.ts';

const target: Target = {
  provider: 'openai',
  model: 'gpt-5',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: undefined,
  route: 'test',
};
const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'bun' } };
const carried: CarriedItem = {
  encrypted: 'gAAAA',
  summary: ['first', 'second'],
  phase: 'commentary',
  hosted: [{ ...search, type: 'web_search_call' }],
};
const nothing: CarriedItem = { encrypted: undefined, summary: undefined, phase: undefined, hosted: undefined };

test('what is sealed comes back as it was, with the model that wrote it', () => {
  for (const item of [carried, nothing, { ...nothing, encrypted: 'x' }, { ...nothing, phase: 'final_answer' }]) {
    expect(openItem(sealItem(item, target), target)).toEqual({ ...item, model: 'gpt-5' });
  }
});

test('the same item is sealed in the same bytes: it is part of the prefix that upstream caches', () => {
  expect(sealItem(carried, target)).toBe(sealItem(structuredClone(carried), target));
});

test('another model of the same upstream may read it, and another spelling of its address is no other upstream', () => {
  const signature = sealItem(carried, target);
  expect(openItem(signature, { ...target, model: 'gpt-5.1' })?.model).toBe('gpt-5');
  expect(openItem(signature, { ...target, baseUrl: `${target.baseUrl}/` })?.encrypted).toBe('gAAAA');
});

test('another upstream, another API, another vendor and damage come back as nothing', () => {
  const signature = sealItem(carried, target);
  expect(openItem(signature, { ...target, baseUrl: 'https://eu.api.openai.com/v1' })).toBeUndefined();
  expect(openItem(signature, { ...target, provider: 'gemini' })).toBeUndefined();
  expect(openItem(`${signature.slice(0, 40)}${signature.slice(41)}`, target)).toBeUndefined();
  expect(openItem(sealEnvelope('openai', { w: 'chat', f: 'reasoning' }), target)).toBeUndefined();
  expect(openItem('EqQBCgIYAhIM', target)).toBeUndefined();
  expect(openItem('', target)).toBeUndefined();
});

test('a made-up envelope brings no item of another kind into the conversation', () => {
  const genuine = openEnvelope(sealItem(carried, target))?.payload;
  const forged = {
    ...(isRecord(genuine) ? genuine : {}),
    e: 5,
    s: [1],
    p: {},
    x: [{ ...search, type: 'mcp_call' }, search, null],
  };
  const opened = openItem(sealEnvelope('openai', forged), target);
  expect<unknown>(opened).toEqual({ ...nothing, hosted: [search], model: 'gpt-5' });
});

test('a visible block and its item know each other by the id', () => {
  expect(serverToolUseId(search)).toBe('srvtoolu_ccp1_ws_1');
});
