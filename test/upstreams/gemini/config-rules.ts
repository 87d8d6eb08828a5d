import { declarationsOf, type GenerationConfig } from './gemini-request.ts';
import { invalid, type Refusal, refused } from './refusal.ts';
import type { Rule, Ruling } from './rules.ts';
import { jsonSchemaFault, ownSchemaFault } from './schema-rules.ts';

const maxStopSequences = 5;

const thinking: Rule = ({ request, family, platform }) => {
  const config = request.generationConfig?.thinkingConfig;
  if (config === undefined) return;
  const { thinkingBudget: budget, thinkingLevel: level, includeThoughts } = config;
  if (family.thinking.by === 'nothing') {
    return refused(platform, 'Thinking is not enabled for this model', 'thinking is not supported by this model.');
  }
  if (budget !== undefined && level !== undefined) {
    return refused(
      platform,
      'You can only set only one of thinking budget and thinking level.',
      'thinking_budget and thinking_level are not supported together.',
    );
  }
  if (budget === 0 && includeThoughts === true) {
    const why = 'Thinking_config.include_thoughts is only enabled when thinking is enabled.';
    return refused(platform, why, why);
  }
  return budgetRefusal(budget, family.thinking, platform) ?? levelRefusal(level, family.thinking, platform);
};

type Platform = Ruling['platform'];
type Thinking = Ruling['family']['thinking'];

function budgetRefusal(budget: number | undefined, thinking: Thinking, platform: Platform): Refusal | undefined {
  if (budget === undefined || budget === -1 || thinking.by === 'nothing') return;
  const canBeOff = thinking.by === 'budget' && thinking.off;
  if (budget === 0 && !canBeOff) {
    return refused(
      platform,
      'Budget 0 is invalid. This model only works in thinking mode.',
      'The model does not support setting thinking_budget to 0.',
    );
  }
  if (budget === 0 || thinking.by !== 'budget') return;
  const { smallest, largest } = thinking;
  if (budget >= smallest && budget <= largest) return;
  return refused(
    platform,
    `The thinking budget ${budget} is invalid. Please choose a value between ${smallest} and ${largest}.`,
    `thinking_budget is out of range; supported values are integers from ${smallest} to ${largest}.`,
  );
}

function levelRefusal(level: string | undefined, thinking: Thinking, platform: Platform): Refusal | undefined {
  if (level === undefined || thinking.by === 'nothing') return;
  if (thinking.by === 'budget') {
    return refused(
      platform,
      'Thinking level is not supported for this model.',
      'thinking_level is not supported by this model.',
    );
  }
  if (thinking.levels.includes(level)) return;
  const why = `Thinking level ${level} is not supported for this model. Please retry with other thinking level.`;
  return refused(platform, why, why);
}

interface Range {
  readonly field: keyof GenerationConfig & string;
  readonly snake: string;
  readonly least: number;
  /** The first number that is too large. */
  readonly below: number;
}

const outputLimit: Rule = ({ request, family, platform }) => {
  const asked = request.generationConfig?.maxOutputTokens;
  if (asked === undefined) return;
  if (asked >= 1 && (platform === 'ai-studio' || asked <= family.outputTokenLimit)) return;
  const below = family.outputTokenLimit + 1;
  return rangeRefusal({ field: 'maxOutputTokens', snake: 'max_output_tokens', least: 1, below }, asked, platform);
};

const topK: Range = { field: 'topK', snake: 'top_k', least: 1, below: 41 };
const ranges: readonly Range[] = [
  { field: 'temperature', snake: 'temperature', least: 0, below: 2.000_001 },
  { field: 'topP', snake: 'top_p', least: 0, below: 1.000_001 },
];

const sampling: Rule = ({ request, platform }) => {
  for (const range of platform === 'vertex' ? [...ranges, topK] : ranges) {
    const value = request.generationConfig?.[range.field];
    if (typeof value !== 'number' || (value >= range.least && value < range.below)) continue;
    return rangeRefusal(range, value, platform);
  }
  return undefined;
};

function rangeRefusal({ field, snake, least, below }: Range, value: number, platform: Platform): Refusal {
  const top = Number.isInteger(below) ? below - 1 : Math.trunc(below);
  return refused(
    platform,
    `* GenerateContentRequest.generation_config.${snake}: ${snake} must be in the range [${least}, ${top}].\n`,
    `it has a ${field} value of ${value} but the supported range is from ${least} (inclusive) to ${top + 1} (exclusive). Update the value and try again.`,
  );
}

const stopSequences: Rule = ({ request, platform }) => {
  const count = request.generationConfig?.stopSequences?.length ?? 0;
  if (count <= maxStopSequences) return;
  return refused(
    platform,
    `* GenerateContentRequest.generation_config.stop_sequences: at most ${maxStopSequences} stop sequences may be specified\n`,
    `it has a stopSequences array with ${count} values but the limit is ${maxStopSequences}.`,
  );
};

const structuredOutput: Rule = ({ request, family, platform, rules }) => {
  const { responseSchema, responseJsonSchema, responseMimeType } = request.generationConfig ?? {};
  if (responseSchema !== undefined && responseJsonSchema !== undefined) {
    return invalid('response_json_schema must not be set when response_schema is set.');
  }
  const schema = responseSchema ?? responseJsonSchema;
  if (schema !== undefined && responseMimeType !== 'application/json') {
    const why = `Response schema with a response mime type: '${responseMimeType ?? ''}' is unsupported`;
    return refused(platform, why, `${why}.`);
  }
  if (responseMimeType === 'application/json' && !family.jsonWithTools && (request.tools?.length ?? 0) > 0) {
    const what = declarationsOf(request).length > 0 ? 'Function calling' : 'Tool use';
    return invalid(`${what} with a response mime type: 'application/json' is unsupported`);
  }
  const path = 'generation_config.response_schema';
  if (responseSchema !== undefined) return ownSchemaFault(responseSchema, path, platform);
  if (responseJsonSchema === undefined) return;
  if (!family.jsonSchema || rules.jsonSchema === 'refuse') {
    return invalid('response_json_schema is not supported for this model.');
  }
  return jsonSchemaFault(responseJsonSchema, 'generation_config.response_json_schema', rules.jsonSchema);
};

export const configRules: readonly Rule[] = [thinking, outputLimit, sampling, stopSequences, structuredOutput];
