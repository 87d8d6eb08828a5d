import type { MessagesRequest } from '../../messages/types.ts';
import { rulesOf } from '../../translation/field-rules.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { systemTexts } from '../../translation/system-text.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import { attribution, headersOf, missingToolLines, sampling, urlOf } from '../openai/call.ts';
import { outputLimit } from '../openai/output-limit.ts';
import { type AskedFields, applyRepairs } from '../openai/repaired-body.ts';
import { type OutputFormat, structuredOutput } from '../openai/structured-output.ts';
import { lastRepair, startTranslation, type Translation, type WireTables } from '../openai/translation.ts';
import type { BuiltRequest, Target, TranslationContext } from '../provider.ts';
import { checkBlockFields, isCarried } from './block-fields.ts';
import { buildInput } from './input.ts';
import { decideReasoning } from './reasoning.ts';
import { checkRequestFields, messageRules } from './request-fields.ts';
import { serverFormOf } from './server-form.ts';
import { buildToolChoice } from './tool-choice.ts';
import { toolFields, toolTypes } from './tool-types.ts';
import { buildTools } from './tools.ts';
import type { ResponsesBody } from './wire.ts';

/** A Messages request as one of the Responses API, and what of it did not fit. */
export function buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest {
  const translation = startResponses(request, target, context);
  return {
    url: urlOf(target.baseUrl, '/responses'),
    headers: headersOf(translation),
    // What is translated counts before what the user adds.
    body: writeJson({ ...target.extra?.body, ...repaired(buildBody(translation), translation) }),
    losses: translation.losses.all,
  };
}

export function startResponses(request: MessagesRequest, target: Target, context: TranslationContext): Translation {
  return startTranslation(request, target, context, { api: 'responses', tables });
}

/** As this upstream's refusals have taught. */
export function repaired(body: object, translation: Translation): object {
  return applyRepairs(body, asked, translation);
}

const tables: WireTables = { isCarried, checkBlockFields, messageRules, toolFields: rulesOf(toolFields) };

const asked: AskedFields = new Map([
  ['max_output_tokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['reasoning', 'output_config.effort'],
  ['reasoning.effort', 'output_config.effort'],
  ['reasoning.summary', 'thinking'],
  ['text', 'output_config.format'],
  ['text.format', 'output_config.format'],
  ['tool_choice', 'tool_choice'],
  ['service_tier', 'service_tier'],
]);

/** The API's smallest (source: `max_output_tokens` in OpenAI's API description). */
const fewestTokens = 16;

/** The body before repairs. Everything of the conversation stands behind everything that stays the same through it. */
export function buildBody(translation: Translation): ResponsesBody {
  const { request, target, dialect, losses } = translation;
  const form = serverFormOf(dialect);
  checkRequestFields(request, losses);
  const offer = offeredTools(request, toolTypes, losses);
  const built = buildTools(offer.tools, translation);
  const hasTools = built.tools.length > 0;
  const searches = built.search !== undefined;
  const reasoning = decideReasoning({ hasTools, searches }, translation);
  const structured = structuredOutput(translation);
  const include = [
    ...(reasoning.carried ? (['reasoning.encrypted_content'] as const) : []),
    ...(searches ? (['web_search_call.action.sources'] as const) : []),
  ];
  const head = [
    ...systemTexts(request, checkBlockFields, losses),
    ...built.lines,
    ...missingToolLines([...offer.missing, ...built.missing]),
  ];
  return {
    model: target.model,
    stream: true,
    ...(form.obfuscates ? { stream_options: { include_obfuscation: false } } : {}),
    // The conversation itself carries all that the next turn needs.
    store: false,
    ...(include.length > 0 ? { include } : {}),
    max_output_tokens: smallestAtLeast(outputLimit(reasoning.word, translation), translation),
    ...reasoning.fields,
    ...textFormat(structured.format),
    ...sampling(reasoning.word, translation),
    ...attribution(translation),
    ...(hasTools ? { tools: [...built.tools] } : {}),
    ...buildToolChoice(built, translation),
    input: buildInput(head, structured.line === undefined ? [] : [structured.line], translation),
  };
}

function smallestAtLeast(tokens: number, translation: Translation): number {
  return Math.max(tokens, lastRepair(translation, 'raise-output-tokens')?.minimum ?? fewestTokens);
}

function textFormat(format: OutputFormat | undefined): Pick<ResponsesBody, 'text'> {
  if (format === undefined) return {};
  if (format.type === 'json_object') return { text: { format: { type: 'json_object' } } };
  const { name, schema, strict } = format;
  return { text: { format: { type: 'json_schema', name, schema: { ...schema }, strict } } };
}
