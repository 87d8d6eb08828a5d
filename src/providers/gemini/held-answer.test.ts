import { expect, test } from 'bun:test';
import { buildGemini } from '../../../test/build-gemini-request.ts';
import { foldAll, gemini, testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { openGeminiStream } from './stream.ts';

const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Go on.' }],
  tools: [
    { type: 'web_search_20250305', name: 'web_search' },
    { name: 'Read', input_schema: { type: 'object' } },
  ],
};

type Json = Readonly<Record<string, unknown>>;

/** Words of an answer that rest on the one page that was found. */
function grounding(answer: string, ...cited: readonly string[]): Json {
  const bytesBefore = (words: string) => Buffer.byteLength(answer.slice(0, answer.indexOf(words)));
  return {
    webSearchQueries: ['who won'],
    groundingChunks: [{ web: { uri: 'https://a.example/1', title: 'a.example' } }],
    groundingSupports: cited.map((words) => ({
      segment: { startIndex: bytesBefore(words), text: words },
      groundingChunkIndices: [0],
    })),
  };
}

/** What the client gets of the parts, one a chunk. */
function answerOf(parts: readonly Json[], groundingMetadata: Json) {
  const stream = openGeminiStream(request, gemini, testContext());
  const chunks = parts.map((part) => ({ candidates: [{ content: { parts: [part] } }] }));
  const end = { candidates: [{ finishReason: 'STOP', groundingMetadata }] };
  const events = [...chunks, end].flatMap((chunk) => stream.push({ event: undefined, data: JSON.stringify(chunk) }));
  return foldAll([...events, ...stream.end()]);
}

test.each<[string, Json[], string, string[]]>([
  [
    'that begins its text',
    [{ text: 'One is so. Two is not. 😀 Three may be.', thoughtSignature: 'c2ln' }],
    'One is so. Two is not. 😀 Three may be.',
    ['One is so.', 'Three may be.'],
  ],
  [
    'in the middle of its text',
    [{ text: 'Well. ' }, { text: 'One is so. Two is not.', thoughtSignature: 'c2ln' }],
    'Well. One is so. Two is not.',
    ['One is so.', 'Two is not.'],
  ],
  ['that is cited whole', [{ text: 'One is so.', thoughtSignature: 'c2ln' }], 'One is so.', ['One is so.']],
])('a signed part %s comes back whole, although its citations cut it', (_name, texts, said, cited) => {
  const call = { functionCall: { name: 'Read', args: {}, id: '1' }, thoughtSignature: 'Y2FsbA==' };
  const { content } = answerOf([...texts, call], grounding(said, ...cited));
  const pieces = content.filter((block) => block.type === 'text');
  expect(pieces.map(({ text }) => text).join('')).toBe(said);
  expect(pieces.filter(({ citations }) => citations !== null).length).toBe(cited.length);

  const result = { type: 'tool_result', tool_use_id: 'toolu_g_1', content: 'done' };
  const messages = [...request.messages, { role: 'assistant', content }, { role: 'user', content: [result] }];
  const { body } = buildGemini({ ...request, messages }, { model: gemini.model });
  const signed = body.contents[1]?.parts.filter((part) => part.thoughtSignature !== undefined);
  expect(signed).toEqual([texts.at(-1), call].map((part) => JSON.parse(JSON.stringify(part))));
});
