import type { UpstreamAnswer } from './answers.ts';
import { Filler } from './filler.ts';

/** Gemini ends its lines as HTTP does. */
const separator = '\r\n\r\n';
const envelope = { modelVersion: 'gemini-2.5-pro', responseId: 'benchbenchbenchbenchbe' };

/**
 * `eventCount` events in all: text in pieces of a phrase, as Gemini sends it, then one whole tool call with its thought
 * signature, then the end. Every event carries the usage so far.
 */
export function makeGeminiAnswer(eventCount: number): UpstreamAnswer {
  const filler = new Filler(eventCount);
  const pieces = Array.from({ length: Math.max(1, eventCount - 2) }, () => filler.prose(filler.integer(20, 60)));
  const args = { file_path: `/src/${filler.prose(Math.max(1, Math.floor(eventCount / 4)) * 5)}` };
  const call = {
    functionCall: { name: 'Read', args },
    thoughtSignature: Buffer.from(filler.source(300)).toString('base64'),
  };
  const events = pieces.map((text, index) => frame({ parts: [{ text }], role: 'model' }, usageAfter(index + 1)));
  const usage = usageAfter(pieces.length + 60);
  events.push(frame({ parts: [call], role: 'model' }, usage));
  events.push(frame({ parts: [{ text: '' }], role: 'model' }, usage, { finishReason: 'STOP' }));

  const text = pieces.join('');
  const whole = { content: { parts: [{ text }, call], role: 'model' }, finishReason: 'STOP', index: 0 };
  const json = JSON.stringify({ candidates: [whole], usageMetadata: usage, ...envelope });
  return { events, untilText: 1, json, text, toolArguments: JSON.stringify(args) };
}

function usageAfter(candidatesTokenCount: number): object {
  return {
    promptTokenCount: 20_480,
    candidatesTokenCount,
    totalTokenCount: 20_480 + candidatesTokenCount + 32,
    cachedContentTokenCount: 18_432,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: 20_480 }],
    cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 18_432 }],
    thoughtsTokenCount: 32,
  };
}

function frame(content: object, usageMetadata: object, end: object = {}): string {
  const candidates = [{ content, ...end, index: 0 }];
  return `data: ${JSON.stringify({ candidates, usageMetadata, ...envelope })}${separator}`;
}
