import type { ProviderName } from '../config/config.ts';
import { missingKey } from '../config/credentials.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { anthropic } from './anthropic/index.ts';
import { withCallRepair } from './call-repair/with-call-repair.ts';
import { gemini } from './gemini/index.ts';
import { eitherApi } from './openai/either-api.ts';
import { nameRule } from './openai/name-rule.ts';
import { needsCallRepair } from './openai/needs-call-repair.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiResponses } from './openai-responses/index.ts';
import { callName, type Provider, type ProviderRegistry } from './provider.ts';

const openai = eitherApi({ chat: openaiChat, responses: openaiResponses });
const repairedOpenai = withCallRepair(openai, nameRule);

/** The dialect spoken to each provider; the only list of dialects. */
const dialects: Readonly<Record<ProviderName, Provider>> = {
  openai,
  gemini,
  vertex: gemini,
  anthropic,
};

/** Finds the dialect for a target, and tells the user what to set where the target cannot be reached. */
export const providerFor: ProviderRegistry = (target, config) => {
  const variable = missingKey(target, config);
  if (variable !== undefined) {
    throw new ProxyError(
      'credential-missing',
      `${variable} is not set, and ${callName(target)}/${target.model} needs it: put it into .env or the environment, and start the proxy again.`,
    );
  }
  if (target.provider !== 'openai') return dialects[target.provider];
  const { repairToolCalls } = config;
  const repairs = repairToolCalls === 'on' || (repairToolCalls === 'auto' && needsCallRepair(target));
  return repairs ? repairedOpenai : openai;
};
