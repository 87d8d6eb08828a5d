import { test } from 'bun:test';
import { ask, configured, expectRule, named, type RuleRow, thinkingBy, withParts } from './request-samples.ts';

const pro = { model: 'gemini-2.5-pro' };
const gemini3 = { model: 'gemini-3.1-pro-preview' };
const vertex = { platform: 'vertex' } as const;
const json = { responseMimeType: 'application/json' };
const schema = { type: 'object', properties: { a: { type: 'string' } } };
const ownSchema = { type: 'OBJECT', properties: { a: { type: 'STRING' } } };
const tools = [{ functionDeclarations: [named('f')] }];
const words = (count: number) => 'word '.repeat(count);

const rules: readonly RuleRow[] = [
  {
    ...gemini3,
    says: 'a budget and a level together',
    passes: thinkingBy({ thinkingLevel: 'LOW' }),
    refused: thinkingBy({ thinkingLevel: 'LOW', thinkingBudget: 100 }),
    message: 'You can only set only one of thinking budget and thinking level.',
  },
  {
    ...gemini3,
    ...vertex,
    says: 'a budget and a level together on Vertex AI',
    passes: thinkingBy({ thinkingLevel: 'LOW' }),
    refused: thinkingBy({ thinkingLevel: 'LOW', thinkingBudget: 100 }),
    message: 'thinking_budget and thinking_level are not supported together.',
  },
  {
    says: 'a level of a model that knows budgets',
    passes: thinkingBy({ thinkingBudget: -1 }),
    refused: thinkingBy({ thinkingLevel: 'LOW' }),
    message: 'Thinking level is not supported for this model.',
  },
  {
    ...gemini3,
    says: 'a level that the model lacks',
    passes: thinkingBy({ thinkingLevel: 'low' }),
    refused: thinkingBy({ thinkingLevel: 'MINIMAL' }),
    message: 'Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.',
  },
  {
    ...pro,
    says: 'switching off what cannot be off',
    passes: thinkingBy({ thinkingBudget: 128 }),
    refused: thinkingBy({ thinkingBudget: 0 }),
    message: 'Budget 0 is invalid. This model only works in thinking mode.',
  },
  {
    ...gemini3,
    says: 'switching off what only has levels',
    passes: thinkingBy({ thinkingLevel: 'LOW' }),
    refused: thinkingBy({ thinkingBudget: 0 }),
    message: 'Budget 0 is invalid. This model only works in thinking mode.',
  },
  {
    ...pro,
    ...vertex,
    says: 'switching off what cannot be off on Vertex AI',
    passes: thinkingBy({ thinkingBudget: 128 }),
    refused: thinkingBy({ thinkingBudget: 0 }),
    message: 'The model does not support setting thinking_budget to 0.',
  },
  {
    ...pro,
    says: 'a budget above the range',
    passes: thinkingBy({ thinkingBudget: 32_768 }),
    refused: thinkingBy({ thinkingBudget: 32_769 }),
    message: 'The thinking budget 32769 is invalid. Please choose a value between 128 and 32768.',
  },
  {
    ...vertex,
    model: 'gemini-2.5-flash-lite',
    says: 'a budget below the range on Vertex AI',
    passes: thinkingBy({ thinkingBudget: 512 }),
    refused: thinkingBy({ thinkingBudget: 511 }),
    message: 'thinking_budget is out of range; supported values are integers from 512 to 24576.',
  },
  {
    says: 'thoughts of a model that is not to think',
    passes: thinkingBy({ thinkingBudget: 0 }),
    refused: thinkingBy({ thinkingBudget: 0, includeThoughts: true }),
    message: 'Thinking_config.include_thoughts is only enabled when thinking is enabled.',
  },
  {
    model: 'gemini-2.0-flash',
    says: 'thinking of a model that cannot',
    passes: configured({}),
    refused: thinkingBy({ includeThoughts: true }),
    message: 'Thinking is not enabled for this model',
  },
  {
    ...vertex,
    says: 'more output than the model has on Vertex AI',
    passes: configured({ maxOutputTokens: 65_536 }),
    refused: configured({ maxOutputTokens: 100_000 }),
    message:
      'it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.',
  },
  {
    says: 'no output at all',
    passes: configured({ maxOutputTokens: 100_000 }),
    refused: configured({ maxOutputTokens: 0 }),
    message: 'generation_config.max_output_tokens: max_output_tokens must be in the range [1, 65536].',
  },
  {
    says: 'a temperature above 2',
    passes: configured({ temperature: 2 }),
    refused: configured({ temperature: 2.1 }),
    message: 'generation_config.temperature: temperature must be in the range [0, 2].',
  },
  {
    ...vertex,
    says: 'topK above its range on Vertex AI',
    passes: configured({ topK: 40 }),
    refused: configured({ topK: 500 }),
    message:
      'it has a topK value of 500 but the supported range is from 1 (inclusive) to 41 (exclusive). Update the value and try again.',
  },
  {
    says: 'more than five stop sequences',
    passes: configured({ stopSequences: ['a', 'b', 'c', 'd', 'e'] }),
    refused: configured({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] }),
    message: 'generation_config.stop_sequences: at most 5 stop sequences may be specified',
  },
  {
    says: 'a schema of the answer without its MIME type',
    passes: configured({ ...json, responseJsonSchema: schema }),
    refused: configured({ responseJsonSchema: schema }),
    message: "Response schema with a response mime type: '' is unsupported",
  },
  {
    says: 'two schemas of the answer',
    passes: configured({ ...json, responseSchema: ownSchema }),
    refused: configured({ ...json, responseSchema: ownSchema, responseJsonSchema: schema }),
    message: 'response_json_schema must not be set when response_schema is set.',
  },
  {
    says: 'a schema of the answer that cannot be held to',
    passes: configured({ ...json, responseJsonSchema: schema }),
    refused: configured({ ...json, responseJsonSchema: { ...schema, if: {} } }),
    message: 'generation_config.response_json_schema.if: keyword is not supported',
  },
  {
    says: 'JSON beside functions, by generation 2.5',
    passes: ask({ tools }),
    refused: ask({ tools, generationConfig: json }),
    message: "Function calling with a response mime type: 'application/json' is unsupported",
  },
  {
    says: 'JSON beside a search, by generation 2.5',
    passes: ask({ tools: [{ googleSearch: {} }] }),
    refused: ask({ tools: [{ googleSearch: {} }], generationConfig: json }),
    message: "Tool use with a response mime type: 'application/json' is unsupported",
  },
  {
    says: 'a prompt longer than the window',
    rules: { inputTokenLimit: 100 },
    passes: withParts({ text: words(20) }),
    refused: withParts({ text: words(100) }),
    message: 'The input token count (135) exceeds the maximum number of tokens allowed (100).',
  },
  {
    ...vertex,
    says: 'a prompt longer than the window on Vertex AI',
    rules: { inputTokenLimit: 100 },
    passes: withParts({ text: words(20) }),
    refused: withParts({ text: words(100) }),
    message:
      'the input token count is 135 but model only supports up to 100. Reduce the input token count and try again. You can also use the CountTokens API to calculate prompt token count and billable characters.',
  },
  {
    says: 'a prompt longer than the window, without its length',
    rules: { inputTokenLimit: 100, lengthTold: false },
    passes: withParts({ text: words(20) }),
    refused: withParts({ text: words(100) }),
    message: 'The input token count exceeds the maximum number of tokens allowed 100.',
  },
  {
    says: 'a body larger than is read',
    rules: { maxBodyBytes: 1000 },
    passes: withParts({ text: words(20) }),
    refused: withParts({ text: words(400) }),
    message: 'Request payload size exceeds the limit: 1000 bytes.',
  },
];

test.each(rules)('refuses $says', expectRule);
