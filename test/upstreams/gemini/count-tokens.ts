import { isRecord } from '../json.ts';
import type { Platform } from './gemini-request.ts';
import { invalid } from './refusal.ts';
import { type ReadMessage, readMessage } from './shape.ts';

/** The prompt that a call of `countTokens` is about; AI Studio wants anything but bare contents in a whole request. */
export function readCount(given: Record<string, unknown>, model: string, platform: Platform): ReadMessage {
  if (platform === 'vertex') return readMessage('FlatCountTokensRequest', given, platform);
  const { body, refusal } = readMessage('CountTokensRequest', given, platform);
  const whole = body.generateContentRequest;
  if (refusal !== undefined || !isRecord(whole)) return { body, refusal };
  if (body.contents !== undefined) {
    return { body: whole, refusal: invalid('contents must not be set when generate_content_request is set.') };
  }
  if (whole.model === `models/${model}`) return { body: whole, refusal: undefined };
  const path = 'CountTokensRequest.generate_content_request.model';
  return { body: whole, refusal: invalid(`* ${path}: unexpected model name format\n`) };
}
