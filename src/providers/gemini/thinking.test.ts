import { expect, test } from 'bun:test';
import { buildGemini, type Surroundings } from '../../../test/build-gemini-request.ts';
import type { ThinkingConfig } from './wire.ts';

const long = { max_tokens: 64_000 };
const enabled = (budget_tokens: number, more: object = {}) => ({
  ...long,
  thinking: { type: 'enabled', budget_tokens, ...more },
});
const effort = (word: string, more: object = {}) => ({ ...long, output_config: { effort: word }, ...more });
const adaptive = { thinking: { type: 'adaptive' } };
const disabled = { ...long, thinking: { type: 'disabled' } };

type Case = readonly [model: string, request: object, config: ThinkingConfig | undefined, lost: readonly string[]];

const shown = (config: ThinkingConfig): ThinkingConfig => ({ includeThoughts: true, ...config });

const cases: readonly Case[] = [
  // Said nothing: the model does as it likes, and shows nothing.
  ['gemini-2.5-flash', long, undefined, []],
  ['gemini-3.5-flash', long, undefined, []],
  // Off, or as little as there is.
  ['gemini-2.5-flash', disabled, { thinkingBudget: 0 }, []],
  ['gemini-2.5-flash-lite', disabled, { thinkingBudget: 0 }, []],
  ['gemini-2.5-pro', disabled, { thinkingBudget: 128 }, []],
  ['gemini-3-pro-preview', disabled, { thinkingLevel: 'LOW' }, []],
  ['gemini-3-flash-preview', disabled, { thinkingLevel: 'MINIMAL' }, []],
  ['gemini-3.1-pro-preview', disabled, { thinkingLevel: 'LOW' }, []],
  ['gemini-3.6-flash', disabled, { thinkingLevel: 'MINIMAL' }, []],
  ['gemini-3.7-flash', disabled, { thinkingLevel: 'LOW' }, []],
  ['gemini-4-argon', disabled, { thinkingLevel: 'LOW' }, []],
  ['gemini-2.5-flash', { ...long, thinking: { type: 'between_tools' } }, { thinkingBudget: 0 }, []],
  // Thinking off wins over an effort.
  ['gemini-2.5-flash', { ...effort('high'), ...disabled }, { thinkingBudget: 0 }, []],
  // A budget within the range of the model.
  ['gemini-2.5-pro', enabled(10_000), shown({ thinkingBudget: 10_000 }), []],
  ['gemini-2.5-pro', enabled(40_000), shown({ thinkingBudget: 32_768 }), ['thinking.budget_tokens']],
  ['gemini-2.5-flash', enabled(31_999), shown({ thinkingBudget: 24_576 }), ['thinking.budget_tokens']],
  ['gemini-2.5-flash-lite', enabled(100), shown({ thinkingBudget: 512 }), []],
  ['gemini-2.5-pro', { ...enabled(8_000), max_tokens: 4_000 }, shown({ thinkingBudget: 3_000 }), []],
  // A budget as a level.
  ['gemini-3.5-flash', enabled(1_024), shown({ thinkingLevel: 'LOW' }), []],
  ['gemini-3.5-flash', enabled(2_048), shown({ thinkingLevel: 'MEDIUM' }), []],
  ['gemini-3.5-flash', enabled(12_288), shown({ thinkingLevel: 'HIGH' }), []],
  ['gemini-3-pro-preview', enabled(4_096), shown({ thinkingLevel: 'HIGH' }), []],
  // An effort beside a budget: the level takes the effort, the budget stays one.
  ['gemini-3.5-flash', { ...effort('low'), ...enabled(20_000) }, shown({ thinkingLevel: 'LOW' }), []],
  ['gemini-2.5-pro', { ...effort('low'), ...enabled(20_000) }, shown({ thinkingBudget: 20_000 }), []],
  // As much as the model wants.
  ['gemini-2.5-pro', { ...long, ...adaptive }, shown({ thinkingBudget: -1 }), []],
  ['gemini-3.5-flash', { ...long, ...adaptive }, shown({}), []],
  // Efforts.
  ['gemini-2.5-pro', effort('low', adaptive), shown({ thinkingBudget: 8_192 }), []],
  ['gemini-2.5-pro', effort('medium', adaptive), shown({ thinkingBudget: 16_384 }), []],
  ['gemini-2.5-pro', effort('max', adaptive), shown({ thinkingBudget: 32_768 }), []],
  ['gemini-2.5-pro', effort('low'), { thinkingBudget: 8_192 }, []],
  ['gemini-3.5-flash', effort('medium', adaptive), shown({ thinkingLevel: 'MEDIUM' }), []],
  ['gemini-3.5-flash', effort('high'), { thinkingLevel: 'HIGH' }, []],
  ['gemini-3.5-flash', effort('xhigh'), { thinkingLevel: 'HIGH' }, ['output_config.effort']],
  ['gemini-3-pro-preview', effort('medium'), { thinkingLevel: 'HIGH' }, ['output_config.effort']],
  ['gemini-3.5-flash', effort('heroic'), undefined, ['output_config.effort']],
  // Thoughts that nobody reads are not asked for.
  ['gemini-2.5-pro', enabled(2_000, { display: 'omitted' }), { thinkingBudget: 2_000 }, []],
  ['gemini-2.5-pro', enabled(2_000, { display: 'summarized' }), shown({ thinkingBudget: 2_000 }), []],
  // Models that do not think, and names nobody knows.
  ['gemini-2.0-flash', disabled, undefined, []],
  ['gemini-2.0-flash', enabled(2_000), undefined, ['thinking']],
  ['gemma-4-31b-it', effort('high'), undefined, ['output_config.effort']],
  ['gemini-9-future', disabled, { thinkingLevel: 'LOW' }, []],
  ['gemini-flash-latest', disabled, { thinkingLevel: 'LOW' }, []],
];

function built(model: string, request: object, more: Surroundings = {}) {
  const { body, lost } = buildGemini(request, { model, ...more });
  return { config: body.generationConfig.thinkingConfig, lost };
}

test.each(cases)('%s, asked for %j, is told %j', (model, request, config, lost) => {
  // Thoughts of a model that does not think are not asked for either.
  const expected = config !== undefined && Object.keys(config).length === 0 ? undefined : config;
  expect(built(model, request)).toEqual({ config: expected, lost: [...lost] });
});

test('the effort of the latest system message wins', () => {
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'system', content: 'x', output_config: { effort: 'low' } },
  ];
  expect(built('gemini-3.5-flash', { ...effort('high'), messages }).config).toEqual({ thinkingLevel: 'LOW' });
});

test.each([
  ['gemini-2.5-pro', 128, 64 + 2_048],
  ['gemini-2.5-flash', 0, 64],
])('a small answer of %s gets budget %d and %d tokens', (model, thinkingBudget, maxOutputTokens) => {
  const { generationConfig } = buildGemini({ max_tokens: 64 }, { model }).body;
  expect(generationConfig).toMatchObject({ thinkingConfig: { thinkingBudget }, maxOutputTokens });
});

test('where thinking cannot be off, a small answer gets the lowest level and room for it', () => {
  const { generationConfig } = buildGemini({ ...effort('high'), max_tokens: 1 }, { model: 'gemini-3.8-flash' }).body;
  expect(generationConfig).toMatchObject({ thinkingConfig: { thinkingLevel: 'LOW' }, maxOutputTokens: 2_049 });
});

test('a budget leaves some of the answer where the upstream allows less of it than was asked for', () => {
  const repairs = [{ kind: 'limit-output-tokens', scope: 'model', maximum: 8_192 }] as const;
  expect(built('gemini-2.5-pro', effort('high'), { repairs }).config).toEqual({ thinkingBudget: 7_168 });
  expect(built('gemini-2.5-pro', enabled(30_000), { repairs }).config).toEqual(shown({ thinkingBudget: 7_168 }));
});

test('levels learned from a refusal replace what is known of the model', () => {
  const repairs = [{ kind: 'effort-words', scope: 'model', words: ['high'] }] as const;
  expect(built('gemini-3.5-flash', disabled, { repairs }).config).toEqual({ thinkingLevel: 'HIGH' });
});
