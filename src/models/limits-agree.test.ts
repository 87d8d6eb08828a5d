import { expect, test } from 'bun:test';
import { familyOf } from './model-traits.ts';
import { priceTable } from './price-table.ts';

/** Vendors and their own models: what others serve under these names may be cut shorter. */
const vendors = ['openai', 'anthropic', 'google', 'deepseek', 'x-ai'];
/** Round numbers (1,000,000 for 1,048,576) are no disagreement. */
const roundedBy = 0.06;

/** Where our own table, which counts first, tells another limit than genai-prices, and why. */
const onPurpose: Readonly<Record<string, string>> = {
  'google/gemini-1.0-pro-vision-001: 1056768, 1048576 or 32768': 'shut down',
  'google/gemini-pro: 1048576 or 32768': 'shut down',
  'google/gemini-pro-1.5: 1048576 or 2000000': 'shut down',
  'google/gemini-2.5-flash-lite-preview-tts: 1114112, 1048576 or 8192': 'speaks, and holds no conversation',
  'google/gemini-2.5-flash-tts: 1114112, 1048576 or 8192': 'speaks, and holds no conversation',
  'google/gemini-2.5-pro-tts: 1114112, 1048576 or 8192': 'speaks, and holds no conversation',
  'openai/gpt-4o-mini-realtime-preview: 128000 or 16000': 'listens, and has an API of its own',
  'openai/gpt-4o-mini-transcribe: 128000 or 16000': 'listens, and has an API of its own',
  'openai/gpt-4o-realtime-preview: 128000 or 32000': 'listens, and has an API of its own',
  'openai/gpt-4o-transcribe: 128000 or 16000': 'listens, and has an API of its own',
};

test('our limits and those of genai-prices agree, save where it is said why not', () => {
  const differing: string[] = [];
  for (const { id, models } of priceTable.providers.filter((provider) => vendors.includes(provider.id))) {
    for (const { id: model, window, prices } of models) {
      const traits = familyOf(model)?.traits;
      if (window === undefined || prices === undefined || traits === undefined) continue;
      const ours = [traits.contextWindow, traits.maxInputTokens].filter((limit) => limit !== undefined);
      const isSame = ours.length === 0 || ours.some((limit) => Math.abs(limit - window) <= roundedBy * window);
      if (!isSame) differing.push(`${id}/${model}: ${ours.join(', ')} or ${window}`);
    }
  }
  expect(differing.filter((line) => onPurpose[line] === undefined)).toEqual([]);
  expect(Object.keys(onPurpose).filter((line) => !differing.includes(line))).toEqual([]);
});
