import type { MessagesRequest } from '../../messages/types.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { systemTexts } from '../../translation/system-text.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import { conversationKey, safetyIdentifier } from '../openai/cache-key.ts';
import { toolTypes } from '../openai/tool-types.ts';
import { startTranslation, type Translation } from '../openai/translation.ts';
import type { BuiltRequest, Target, TranslationContext } from '../provider.ts';
import { checkBlockFields } from './block-fields.ts';
import { canSwitchThinkingOff, decideEffort, type EffortDecision } from './effort.ts';
import { buildMessages } from './messages.ts';
import { outputLimit } from './output-limit.ts';
import { applyRepairs } from './repaired-body.ts';
import { checkRequestFields } from './request-fields.ts';
import { structuredOutput } from './structured-output.ts';
import { buildToolChoice } from './tool-choice.ts';
import { buildTools } from './tools.ts';
import type { ChatBody } from './wire.ts';

/** A Messages request as one of Chat Completions, and what of it did not fit. */
export function buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest {
  const translation = startTranslation(request, target, context);
  const body = applyRepairs(buildBody(translation), translation);
  return {
    url: urlOf(target.baseUrl),
    headers: headersOf(translation),
    body: writeJson(body),
    losses: translation.losses.all,
  };
}

/** The body before repairs. Everything of the conversation stands behind everything that stays the same through it. */
function buildBody(translation: Translation): ChatBody {
  const { request, target, dialect, losses } = translation;
  checkRequestFields(request, losses);
  const offer = offeredTools(request, toolTypes, losses);
  const built = buildTools(offer.tools, translation);
  const choice = buildToolChoice(built.tools, canSwitchThinkingOff(translation), translation);
  const hasTools = choice.tools.length > 0;
  const effort = decideEffort({ hasTools, needsThinkingOff: choice.needsThinkingOff }, translation);
  const structured = structuredOutput(translation);

  const head = [
    ...systemTexts(request, checkBlockFields, losses),
    ...built.descriptions,
    ...missingToolLines(offer.missing),
  ];
  const lastLines = [choice.line, structured.line].filter((line) => line !== undefined);
  const { messages, endsInPrefill } = buildMessages(head.join('\n\n'), lastLines, translation);
  return {
    model: target.model,
    stream: true,
    ...(dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...outputLimit(effort, translation),
    ...effort.fields,
    ...sampling(effort, translation),
    ...structured.fields,
    ...attribution(translation),
    ...(hasTools ? { tools: [...choice.tools] } : {}),
    ...choice.fields,
    messages,
    ...(endsInPrefill ? prefill(messages, translation) : {}),
  };
}

/** A model that is not told so answers as if it had searched. */
function missingToolLines(missing: readonly string[]): readonly string[] {
  if (!missing.includes('web_search')) return [];
  return [
    'Web search is not available in this conversation. Where the task needs a search, say plainly that searching is not available, and do not present anything as search results.',
  ];
}

/** `temperature`, `top_p`, `top_k`; 1 is what models that refuse the first two use anyway. */
function sampling(
  { word }: EffortDecision,
  { request, traits, dialect, target, losses }: Translation,
): Partial<ChatBody> {
  const taken = traits.sampling === 'accepted' || (traits.sampling === 'with-effort-none' && word === 'none');
  const fields: Partial<ChatBody> = {};
  for (const field of ['temperature', 'top_p'] as const) {
    const value = request[field];
    if (value === undefined) continue;
    if (taken) fields[field] = value;
    else if (value !== 1) losses.add(field, `${target.model} refuses it`);
  }
  if (request.top_k !== undefined) {
    if (dialect.topK) fields.top_k = request.top_k;
    else losses.add('top_k', 'Chat Completions of this server has no such field');
  }
  return fields;
}

/** Whose request it is and which conversation's: for the vendor's records and its prompt cache. */
function attribution(translation: Translation): Partial<ChatBody> {
  const { request, dialect } = translation;
  const fields: Partial<ChatBody> = {};
  if (dialect.serviceTier && request.service_tier === 'standard_only') fields.service_tier = 'default';
  const user = dialect.safetyIdentifier ? safetyIdentifier(translation) : undefined;
  if (user !== undefined) fields.safety_identifier = user;
  if (dialect.promptCacheKey) fields.prompt_cache_key = conversationKey(translation);
  return fields;
}

/** The conversation ends in words that the model is to go on from; OpenAI has no such thing and begins a new turn. */
function prefill(messages: ChatBody['messages'], { dialect, request, losses }: Translation): Partial<ChatBody> {
  const last = messages.at(-1);
  if (dialect.prefill === 'continue-final-message')
    return { add_generation_prompt: false, continue_final_message: true };
  if (dialect.prefill === 'prefix-mark' && last?.role === 'assistant') last.prefix = true;
  else losses.add(`messages.${request.messages.length - 1}`, 'this server does not continue an assistant message');
  return {};
}

function headersOf(translation: Translation): Record<string, string> {
  const { target, dialect } = translation;
  const headers: Record<string, string> = {
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

/** Azure's older addresses carry an `api-version` behind the path. */
function urlOf(baseUrl: string): string {
  const [path = '', query] = baseUrl.split('?', 2);
  return `${path.replace(/\/+$/, '')}/chat/completions${query === undefined ? '' : `?${query}`}`;
}
