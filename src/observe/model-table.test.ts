import { expect, test } from 'bun:test';
import picocolors from 'picocolors';
import { explainModel } from '../models/known-model.ts';
import { readOverrides } from '../models/model-overrides.ts';
import { type ModelFacts, modelTable } from './model-table.ts';

function table(facts: Partial<ModelFacts>, model: string, said: object = {}): string {
  const read = readOverrides(JSON.stringify(said));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const place = { provider: 'openai', model, baseUrl: 'https://api.openai.com/v1' };
  const known = explainModel(place, read.overrides);
  const whole: ModelFacts = {
    name: `openai/${model}`,
    baseUrl: place.baseUrl,
    routes: ['opus → BIG_MODEL'],
    spoken: 'Responses API',
    translated: true,
    thinking: undefined,
    takesFiles: undefined,
    known,
    ...facts,
  };
  return modelTable(whole, new Date('2026-11-23T12:00:00Z'), picocolors.createColors(false));
}

test('each line has the number of its source, and the sources stand below', () => {
  const version = /genai-prices (\S+)/.exec(table({}, 'gpt-4.1'))?.[1];
  expect(table({}, 'my-model', { 'my-*': { like: 'gpt-4.1', contextWindow: 100_000 } })).toBe(
    `  openai/my-model, taken for gpt-4.1
  opus → BIG_MODEL
  Responses API, https://api.openai.com/v1

  context window          100,000 tokens           [1]
  longest answer          32,768 tokens            [2]
  reasons                 no                       [2]
  effort                  none may be sent         [2]
  sees images             yes                      [2]
  reads PDF files         yes                      [2]
  its vendor searches     yes                      [2]
  temperature, top_p      accepted                 [2]
  stop sequences          accepted                 [2]
  parallel_tool_calls     accepted                 [2]
  tools on Chat           accepted                 [2]
  on Responses alone      no                       [2]
  calls of tools          strong                   [2]
  counted with            o200k_base               [2]
  price of the prompt     $2.00 a million tokens   [3]
  … read from a cache     $0.50 a million tokens   [3]
  price of the answer     $8.00 a million tokens   [3]

  [1] MODEL_OVERRIDES "my-*"
  [2] OpenAI's model pages (row gpt-4.1)
  [3] genai-prices ${version} (openai: gpt-4.1)
`,
  );
});

test('what is not known is said to be so, with what is assumed then', () => {
  const lines = table({}, 'nobody-knows').split('\n');
  expect(lines).toContain('  context window          not known');
  expect(lines).toContain('  sees images             not known, taken as: yes');
  expect(lines).toContain('  price                   not known');
});

test('of what passes through, limits and prices are all there is to tell', () => {
  const text = table({ translated: false, spoken: 'Messages API, passed through as it is' }, 'gpt-4.1');
  expect(text).toContain('context window');
  expect(text).not.toContain('stop sequences');
});

test('prices that depend on the prompt’s length say so', () => {
  expect(table({}, 'gpt-5.4')).toContain('$2.50 a million tokens, $5.00 where the prompt is over 271,999');
});

test('a server that takes no files is told, whatever its models could read', () => {
  expect(table({ takesFiles: false }, 'gpt-4.1')).toContain('reads PDF files         no, the proxy reads them   [1]');
  expect(table({ takesFiles: false }, 'foo')).toContain('not known, taken as: no, the proxy reads them\n');
});
