import { describe, expect, test } from 'bun:test';
import { foldAll, gemini, testContext } from '../../../test/replay.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { UpstreamFailure } from '../provider.ts';
import { readGeminiAnswer } from './answer.ts';

const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Go on.' }],
  tools: [{ name: 'Read', input_schema: { type: 'object' } }],
};

const read = (body: unknown) =>
  readGeminiAnswer(typeof body === 'string' ? body : JSON.stringify(body), request, gemini, testContext());

const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 7, thoughtsTokenCount: 3 };
const chunk = (parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
  usageMetadata,
});

describe('a whole answer', () => {
  test('of generateContent is the message that its stream would have been', () => {
    const parts = [{ text: 'I read.' }, { functionCall: { name: 'Read', args: { path: 'a' }, id: 'c1' } }];
    expect(foldAll(read(chunk(parts, 'STOP')))).toMatchObject({
      model: 'claude-sonnet-4-5',
      content: [
        { type: 'text', text: 'I read.' },
        { type: 'tool_use', id: 'toolu_g_c1', name: 'Read', input: { path: 'a' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 100, output_tokens: 10 },
    });
  });

  test('may be a list of chunks: a stream that was not asked for as events', () => {
    const answer = foldAll(read([chunk([{ text: 'One' }]), chunk([{ text: ' two' }], 'STOP'), { usageMetadata }]));
    expect(answer.content).toMatchObject([{ type: 'text', text: 'One two' }]);
  });

  test('ends where a stop sequence is, whatever stands behind it', () => {
    const stopping = { ...request, stop_sequences: ['END'] };
    const body = JSON.stringify([chunk([{ text: 'One END' }]), chunk([{ text: ' two' }], 'STOP')]);
    const answer = foldAll(readGeminiAnswer(body, stopping, gemini, testContext()));
    expect(answer).toMatchObject({ content: [{ text: 'One ' }], stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });
});

test.each<[string, ErrorKind, unknown]>([
  ['no JSON', 'upstream-malformed', 'Bad Gateway'],
  ['JSON that is no answer', 'upstream-malformed', '"hello"'],
  ['a list that never ends', 'upstream-truncated', '[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}\n,'],
  ['an empty list', 'upstream-truncated', []],
  ['an answer that has no end', 'upstream-truncated', chunk([{ text: 'a' }])],
  ['an error', 'upstream-overloaded', { error: { code: 503, status: 'UNAVAILABLE', message: 'Busy.' } }],
  ['an error in a list', 'upstream-overloaded', [chunk([{ text: 'a' }]), { error: { code: 503, message: 'Busy.' } }]],
])('%s is a failure', (_name, kind, body) => {
  try {
    read(body);
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    expect(error.kind).toBe(kind);
    return;
  }
  throw new Error('did not fail');
});
