import type { MessagesRequest } from '../../messages/types.ts';
import { rulesOf } from '../../translation/field-rules.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { systemTexts } from '../../translation/system-text.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import { attribution, headersOf, missingToolLines, sampling, urlOf } from '../openai/call.ts';
import { buildFunctions, type FunctionTool } from '../openai/function-tools.ts';
import { outputLimit } from '../openai/output-limit.ts';
import { type AskedFields, applyRepairs } from '../openai/repaired-body.ts';
import { isWebSearch } from '../openai/search-wishes.ts';
import { structuredOutput } from '../openai/structured-output.ts';
import { toolFields, toolTypes } from '../openai/tool-types.ts';
import { startTranslation, type Translation, type WireTables } from '../openai/translation.ts';
import type { BuiltRequest, Target, TranslationContext } from '../provider.ts';
import { checkBlockFields, isCarried } from './block-fields.ts';
import { markForCache } from './cache-marks.ts';
import { canSwitchThinkingOff, decideEffort } from './effort.ts';
import { buildMessages } from './messages.ts';
import { checkRequestFields, messageRules } from './request-fields.ts';
import { responseFormat } from './response-format.ts';
import { buildSearch } from './search-tool.ts';
import { buildToolChoice } from './tool-choice.ts';
import type { ChatBody, FunctionTool as WireTool } from './wire.ts';

/** A Messages request as one of Chat Completions, and what of it did not fit. */
export function buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest {
  const translation = startTranslation(request, target, context, { api: 'chat', tables });
  const body = applyRepairs(buildBody(translation), asked, translation);
  return {
    url: urlOf(target.baseUrl, '/chat/completions'),
    headers: headersOf(translation),
    // What is translated counts before what the user adds.
    body: writeJson({ ...target.extra?.body, ...body }),
    losses: translation.losses.all,
  };
}

const tables: WireTables = { isCarried, checkBlockFields, messageRules, toolFields: rulesOf(toolFields) };

const asked: AskedFields = new Map([
  ['max_tokens', 'max_tokens'],
  ['max_completion_tokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['top_k', 'top_k'],
  ['reasoning_effort', 'output_config.effort'],
  ['reasoning', 'output_config.effort'],
  ['thinking', 'thinking'],
  ['enable_thinking', 'thinking'],
  ['chat_template_kwargs', 'thinking'],
  ['response_format', 'output_config.format'],
  ['tool_choice', 'tool_choice'],
  ['service_tier', 'service_tier'],
]);

/** The body before repairs. Everything of the conversation stands behind everything that stays the same through it. */
function buildBody(translation: Translation): ChatBody {
  const { request, target, dialect, losses } = translation;
  checkRequestFields(request, losses);
  const offer = offeredTools(request, toolTypes, losses);
  const functions = offer.tools.filter(({ tool }) => !isWebSearch(tool));
  const built = buildFunctions(functions, dialect.maxTools, translation);
  const search = buildSearch(offer.tools, translation);
  const choice =
    search.line === undefined
      ? buildToolChoice(built.tools, canSwitchThinkingOff(translation), translation)
      : { fields: {}, tools: built.tools, line: search.line, needsThinkingOff: false };
  const hasTools = choice.tools.length > 0;
  const effort = decideEffort({ hasTools, needsThinkingOff: choice.needsThinkingOff }, translation);
  const structured = structuredOutput(translation);

  const head = [
    ...systemTexts(request, checkBlockFields, losses),
    ...built.descriptions,
    ...missingToolLines([...offer.missing, ...search.missing]),
  ];
  const lastLines = [choice.line, structured.line].filter((line) => line !== undefined);
  const { messages, endsInPrefill } = buildMessages(head.join('\n\n'), lastLines, translation);
  return {
    model: target.model,
    stream: true,
    ...(dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
    [dialect.outputLimitField]: outputLimit(effort.word, translation),
    ...effort.fields,
    ...sampling(effort.word, translation),
    ...topK(translation),
    ...responseFormat(structured.format),
    ...attribution(translation),
    ...(hasTools || search.tool !== undefined
      ? { tools: [...choice.tools.map(wireTool), ...(search.tool === undefined ? [] : [search.tool])] }
      : {}),
    ...choice.fields,
    messages: markForCache(messages, translation),
    ...(endsInPrefill ? prefill(messages, translation) : {}),
  };
}

function topK({ request, dialect, losses }: Translation): Partial<ChatBody> {
  if (request.top_k === undefined) return {};
  if (dialect.topK) return { top_k: request.top_k };
  losses.add('top_k', 'Chat Completions of this server has no such field');
  return {};
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

function wireTool({ name, description, parameters, strict }: FunctionTool): WireTool {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: { ...parameters },
      ...(strict ? { strict } : {}),
    },
  };
}
