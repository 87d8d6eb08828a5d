import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import type { BuiltRequest, Target, TokenCount, TranslationContext } from '../provider.ts';
import { buildBody, headersOf } from './request.ts';
import { startTranslation, type Translation } from './translation.ts';
import { methodUrl, modelPath } from './url.ts';
import type { Content, GenerateContentBody } from './wire.ts';

/** `countTokens` of the Gemini API and of Vertex AI: the prompt as it would be sent, without what makes no tokens of it. */
export const tokenCount = { buildRequest, readAnswer } satisfies TokenCount;

function buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest {
  const translation = startTranslation(request, target, context);
  return {
    url: methodUrl(target, 'countTokens'),
    headers: { ...headersOf(target), accept: 'application/json' },
    body: writeJson(countBody(buildBody(translation), translation)),
    losses: translation.losses.all,
  };
}

/** The Gemini API counts system and tools only inside a whole request; Vertex AI has a field for each. */
function countBody(
  { systemInstruction, tools, contents }: GenerateContentBody,
  { platform, target }: Translation,
): object {
  const prompt = {
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    ...(tools === undefined ? {} : { tools }),
    contents: contents.map(withoutSignatures),
  };
  return platform === 'vertex' ? prompt : { generateContentRequest: { model: modelPath(target), ...prompt } };
}

/** A part that was nothing but its signature stays as it was: a content must not be empty. */
function withoutSignatures({ role, parts }: Content): Content {
  return { role, parts: parts.map(({ thoughtSignature: _, ...part }) => part) };
}

/** The tokens of the prompt; undefined where the answer tells none. */
function readAnswer(body: string): number | undefined {
  const answer = parsed(body);
  const total = isRecord(answer) ? answer.totalTokens : undefined;
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
