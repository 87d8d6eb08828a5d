import type { MessagesRequest } from '../../messages/types.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { systemTexts } from '../../translation/system-text.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import type { BuiltRequest, Target, TranslationContext } from '../provider.ts';
import { checkBlockFields } from './block-fields.ts';
import { buildContents } from './contents.ts';
import { generationConfig } from './generation-config.ts';
import { checkInferencePlace } from './inference-place.ts';
import { applyRepairs } from './repaired-body.ts';
import { checkRequestFields } from './request-fields.ts';
import { safetySettings } from './safety.ts';
import { structuredOutput } from './structured-output.ts';
import { decideThinking } from './thinking.ts';
import { buildToolConfig } from './tool-config.ts';
import { toolTypes } from './tool-types.ts';
import { buildTools } from './tools.ts';
import { startTranslation, type Translation } from './translation.ts';
import { methodUrl } from './url.ts';
import type { GenerateContentBody } from './wire.ts';

/** A Messages request as one of `streamGenerateContent`, for the Gemini API or Vertex AI, and what of it did not fit. */
export function buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest {
  const translation = startTranslation(request, target, context);
  const body = applyRepairs(buildBody(translation), translation);
  return {
    url: methodUrl(target, 'streamGenerateContent?alt=sse'),
    headers: { ...headersOf(target), accept: 'text/event-stream' },
    body: writeJson(body),
    losses: translation.losses.all,
  };
}

/** Without a key on Vertex AI: the access token there is fetched when the call is made. */
export function headersOf(target: Target): Record<string, string> {
  const key = target.provider === 'gemini' ? target.apiKey?.reveal() : undefined;
  return {
    'content-type': 'application/json',
    // Decompressing a stream would hold its events back.
    'accept-encoding': 'identity',
    ...(key === undefined ? {} : { 'x-goog-api-key': key }),
  };
}

/** The body before repairs. Everything of the conversation stands behind everything that stays the same through it. */
export function buildBody(translation: Translation): GenerateContentBody {
  const { request, model, losses } = translation;
  checkRequestFields(request, losses);
  checkInferencePlace(translation);
  const offer = offeredTools(request, toolTypes, losses);
  const { tools, lines } = buildTools(offer.tools, translation);
  const { toolConfig, lines: choiceLines } = buildToolConfig(tools, translation);
  const structured = structuredOutput(tools.length > 0, translation);
  const system = [...systemTexts(request, checkBlockFields, losses), ...lines];
  const lastLines = [...choiceLines, ...(structured.line === undefined ? [] : [structured.line])];
  return {
    ...(model.systemInstruction && system.length > 0
      ? { systemInstruction: { parts: system.map((text) => ({ text })) } }
      : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    generationConfig: { ...generationConfig(decideThinking(translation), translation), ...structured.fields },
    safetySettings: safetySettings(translation),
    contents: buildContents(model.systemInstruction ? [] : system, lastLines, translation),
  };
}
