import { isRecord } from '../json.ts';
import { expected, invalid, missing } from './refusal.ts';
import type { Rule } from './rules.ts';

const samplingFields = ['temperature', 'top_p', 'top_k'];
const lastVersionWithSampling = '2023-06-01';
const smallestBudget = 1024;

const maxTokens: Rule = ({ body, family }) => {
  const asked = body.max_tokens;
  if (typeof asked !== 'number') return;
  if (!Number.isInteger(asked) || asked < 0) {
    return invalid('max_tokens: Input should be greater than or equal to 0');
  }
  if (asked <= family.maxOutputTokens) return;
  return invalid(
    `max_tokens: ${asked} > ${family.maxOutputTokens}, which is the maximum allowed number of output tokens for ${body.model}`,
  );
};

const sampling: Rule = ({ body, version }) => {
  const field = samplingFields.find((name) => body[name] !== undefined);
  if (field !== undefined && version > lastVersionWithSampling) {
    return invalid(`${field}: this parameter is not supported with anthropic-version ${version}`);
  }
  const { temperature } = body;
  if (typeof temperature !== 'number') return;
  if (temperature < 0) return invalid('temperature: Input should be greater than or equal to 0');
  if (temperature > 1) return invalid('temperature: Input should be less than or equal to 1');
  return undefined;
};

const stopSequences: Rule = ({ body }) => {
  const list = body.stop_sequences;
  if (list === undefined) return;
  if (!Array.isArray(list)) return invalid('stop_sequences: Input should be a valid list');
  const blank = list.findIndex((text) => typeof text !== 'string' || text.trim() === '');
  if (blank === -1) return;
  return invalid(`stop_sequences.${blank}: each stop sequence must contain non-whitespace`);
};

const metadata: Rule = ({ body }) => {
  if (body.metadata === undefined) return;
  if (!isRecord(body.metadata)) return invalid('metadata: Input should be an object');
  const unknown = Object.keys(body.metadata).find((name) => name !== 'user_id');
  return unknown === undefined ? undefined : invalid(`metadata.${unknown}: Extra inputs are not permitted`);
};

const thinking: Rule = ({ body, family }) => {
  const { thinking: config } = body;
  if (config === undefined) return;
  if (!isRecord(config) || typeof config.type !== 'string') return missing('thinking.type');
  const { type } = config;
  const forms = ['adaptive', 'between_tools', 'disabled', 'enabled'];
  if (!forms.includes(type)) return expected('thinking.type', forms);
  if (type === 'disabled') return;
  if (!family.thinking.includes(type)) return invalid(`thinking.type.${type} is not supported for this model.`);
  if (type === 'enabled') {
    const budget = config.budget_tokens;
    if (typeof budget !== 'number') return missing('thinking.enabled.budget_tokens');
    if (budget < smallestBudget) {
      return invalid(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${smallestBudget}`);
    }
    if (typeof body.max_tokens === 'number' && body.max_tokens <= budget) {
      return invalid('`max_tokens` must be greater than `thinking.budget_tokens`.');
    }
  }
  if (body.temperature !== undefined && body.temperature !== 1) {
    return invalid('`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.');
  }
  if (body.top_k !== undefined) return invalid('`top_k` must be unset when thinking is enabled or in adaptive mode.');
  const choice = isRecord(body.tool_choice) ? body.tool_choice.type : undefined;
  if (choice !== 'any' && choice !== 'tool') return;
  return invalid('Thinking may not be enabled when tool_choice forces tool use.');
};

const effort: Rule = ({ body, family }) => {
  if (family.effort || !isRecord(body.output_config)) return;
  const word = body.output_config.effort;
  return word === undefined || word === null ? undefined : invalid('This model does not support the effort parameter.');
};

/** Everything that is neither in a tool nor in a message. */
export const requestRules: readonly Rule[] = [maxTokens, sampling, stopSequences, metadata, thinking, effort];
