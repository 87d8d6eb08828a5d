import type { Effort } from '../../models/model-traits.ts';
import { conversationKey, safetyIdentifier } from './cache-key.ts';
import type { Translation } from './translation.ts';

// What the calls of both APIs have in common beside the conversation.

/** Azure's older addresses carry an `api-version` behind the path. */
export function urlOf(baseUrl: string, path: `/${string}`): string {
  const [place = '', query] = baseUrl.split('?', 2);
  return `${place.replace(/\/+$/, '')}${path}${query === undefined ? '' : `?${query}`}`;
}

export function headersOf(translation: Translation): Record<string, string> {
  const { target, dialect } = translation;
  const headers: Record<string, string> = {
    ...target.extra?.headers,
    'content-type': 'application/json',
    accept: 'text/event-stream',
    // Decompressing a stream would hold its events back.
    'accept-encoding': 'identity',
  };
  const key = target.apiKey?.reveal();
  if (key !== undefined) {
    if (dialect.auth === 'api-key') headers['api-key'] = key;
    else headers.authorization = `Bearer ${key}`;
  }
  if (dialect.conversationHeader !== undefined) headers[dialect.conversationHeader] = conversationKey(translation);
  return headers;
}

interface Attribution {
  service_tier?: 'default';
  safety_identifier?: string;
  prompt_cache_key?: string;
}

/** Whose request it is and which conversation's: for the vendor's records and its prompt cache. */
export function attribution(translation: Translation): Attribution {
  const { request, dialect } = translation;
  const fields: Attribution = {};
  if (dialect.serviceTier && request.service_tier === 'standard_only') fields.service_tier = 'default';
  const user = dialect.safetyIdentifier ? safetyIdentifier(translation) : undefined;
  if (user !== undefined) fields.safety_identifier = user;
  if (dialect.promptCacheKey) fields.prompt_cache_key = conversationKey(translation);
  return fields;
}

interface Sampling {
  temperature?: number;
  top_p?: number;
}

/** `temperature` and `top_p`; 1 is what models that refuse them use anyway. */
export function sampling(word: Effort | undefined, { request, traits, target, losses }: Translation): Sampling {
  const taken = traits.sampling === 'accepted' || (traits.sampling === 'with-effort-none' && word === 'none');
  const fields: Sampling = {};
  for (const field of ['temperature', 'top_p'] as const) {
    const value = request[field];
    if (value === undefined) continue;
    if (taken) fields[field] = value;
    else if (value !== 1) losses.add(field, `${target.model} refuses it`);
  }
  return fields;
}

/** A model that is not told so answers as if it had searched. */
export function missingToolLines(missing: readonly string[]): readonly string[] {
  if (!missing.includes('web_search')) return [];
  return [
    'Web search is not available in this conversation. Where the task needs a search, say plainly that searching is not available, and do not present anything as search results.',
  ];
}
