import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildChat, hello } from '../../test/build-chat-request.ts';
import { writeJson } from './well-formed-json.ts';

test('half a character becomes the mark for one that is lost, wherever the request holds it', () => {
  const half = 'cut \ud83d here';
  const { text, body } = buildChat({
    system: half,
    messages: [
      ...hello,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'Bash', input: { half } }] },
    ],
  });
  expect(text).not.toMatch(/\\ud[89a-f]/);
  expect(body.messages[0]?.content).toBe('cut \u{FFFD} here');
  expect(body.messages[2]).toMatchObject({ tool_calls: [{ function: { arguments: '{"half":"cut \u{FFFD} here"}' } }] });
});

test('every other text is written as it is, and halves as any UTF-8 writes them', () => {
  const piece = fc.constantFrom('a', '\\', '\\\\', '\\ud83d', 'ud83d', '"', '\ud83d', '\ude00', '😀', '\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      expect(JSON.parse(writeJson({ [text]: [text] }))).toEqual({ [text.toWellFormed()]: [text.toWellFormed()] });
    }),
    { numRuns: 2_000 },
  );
});
