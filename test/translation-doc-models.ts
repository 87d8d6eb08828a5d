import { type GeminiModel, type GeminiThinking, geminiFamilies } from '../src/models/gemini-models.ts';

/** How Gemini's models differ, as a table. */
export function geminiModels(): string {
  const columns: readonly (readonly [string, (model: GeminiModel) => string])[] = [
    [
      'prompt / answer',
      ({ maxInputTokens, contextWindow, maxOutputTokens }) => room(maxInputTokens ?? contextWindow, maxOutputTokens),
    ],
    ['thinking', ({ thinking }) => thinkingOf(thinking)],
    ['`temperature`, `top_p`, `top_k`', ({ sampling }) => yes(sampling)],
    ['goes on from its own words', ({ prefill }) => (prefill ? 'yes' : 'is asked to')],
    ['signatures checked', ({ checksSignatures }) => yes(checksSignatures)],
    ['images in results', ({ functionResponseMedia }) => (functionResponseMedia ? 'inside' : 'behind')],
    ["Google's tools beside functions", ({ builtInWithFunctions }) => yes(builtInWithFunctions)],
    ['schema of the answer', ({ jsonSchema, schemaWithFunctions }) => answerSchema(jsonSchema, schemaWithFunctions)],
  ];
  const rows = geminiFamilies.map(({ prefix, model }) => {
    return `| \`${prefix}…\` | ${columns.map(([, of]) => of(model)).join(' | ')} |`;
  });
  return [
    `| model | ${columns.map(([name]) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...rows,
  ].join('\n');
}

function room(input: number, output: number): string {
  return `${input.toLocaleString('en')} / ${output.toLocaleString('en')}`;
}

function thinkingOf(thinking: GeminiThinking): string {
  switch (thinking.kind) {
    case 'none':
      return 'not told';
    case 'budget': {
      const { min, max, canBeOff } = thinking;
      return `${min.toLocaleString('en')} to ${max.toLocaleString('en')} tokens${canBeOff ? ', or off' : ''}`;
    }
    case 'level':
      return thinking.levels.join(', ');
  }
}

function answerSchema(jsonSchema: boolean, withFunctions: boolean): string {
  if (!jsonSchema) return 'told';
  return withFunctions ? 'enforced' : 'enforced, beside tools told';
}

function yes(is: boolean): string {
  return is ? 'yes' : 'no';
}
