import type { MessagesRequest } from '../../messages/types.ts';
import { traitsOf } from '../../models/model-traits.ts';
import type { Repair, Target } from '../provider.ts';
import { dialectOf } from './dialect.ts';

/** OpenAI's two APIs: Chat Completions, which every compatible server speaks, and Responses. */
export type OpenaiApi = 'chat' | 'responses';

/**
 * Which of the two serves a request. What the upstream itself has said comes first, then what model and request cannot do
 * without, then what was set; `auto` takes Responses where the vendor offers it and the model reasons or searches the web.
 */
export function apiOf(request: MessagesRequest, target: Target, repairs: readonly Repair[]): OpenaiApi {
  const told = repairs.findLast((repair) => repair.kind === 'use-api')?.api;
  if (told !== undefined) return told;
  const { responses, vendorRules } = dialectOf(target);
  const traits = traitsOf(target);
  const chatRefusesTools = vendorRules && traits.chatTools === 'refused' && hasTools(request);
  if (responses && (traits.onlyResponses || chatRefusesTools)) return 'responses';
  if (target.api === 'chat' || isDeployment(target)) return 'chat';
  // What was set is meant for those that have both.
  if (target.server !== undefined && !responses) return 'chat';
  if (target.api === 'responses') return 'responses';
  if (!responses) return 'chat';
  return traits.reasons || (traits.webSearch && wantsSearch(request)) ? 'responses' : 'chat';
}

function hasTools({ tools = [] }: MessagesRequest): boolean {
  return tools.length > 0;
}

/** Azure's dated addresses hold a deployment each, and have no Responses API whatever was set. */
function isDeployment({ baseUrl }: Target): boolean {
  return /\/deployments\//.test(baseUrl);
}

function wantsSearch({ tools = [] }: MessagesRequest): boolean {
  return tools.some(({ type }) => type?.startsWith('web_search_2') === true);
}
