import type { ProviderName } from '../config/config.ts';
import { missingKey } from '../config/credentials.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { gemini } from './gemini/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import type { Provider, ProviderRegistry } from './provider.ts';

/** The dialect spoken to each provider; the only list of dialects. */
const dialects: Readonly<Record<ProviderName, Provider | undefined>> = {
  openai: openaiChat,
  gemini,
  vertex: gemini,
  anthropic: undefined,
};

const spokenNames: Readonly<Record<ProviderName, string>> = {
  openai: 'OpenAI',
  gemini: 'Gemini',
  vertex: 'Vertex AI',
  anthropic: 'Anthropic',
};

/** Finds the dialect for a target, and tells the user what to set where the target cannot be reached. */
export const providerFor: ProviderRegistry = (target, config) => {
  const dialect = dialects[target.provider];
  if (dialect === undefined) {
    throw new ProxyError(
      'invalid-request',
      `model: ${target.provider}/${target.model} is at ${spokenNames[target.provider]}, which this version cannot reach yet; it reaches OpenAI and compatible servers, Gemini and Vertex AI. Ask for a model of those, or set BIG_MODEL and SMALL_MODEL to one.`,
    );
  }
  const variable = missingKey(target.provider, config);
  if (variable !== undefined) {
    throw new ProxyError(
      'credential-missing',
      `${variable} is not set, and ${target.provider}/${target.model} needs it: put it into .env or the environment, and start the proxy again.`,
    );
  }
  return dialect;
};
