import { expect, test } from 'bun:test';
import { promptTooLongMessage } from './prompt-too-long.ts';

test('a prompt that is too long is told as longer than the maximum, always', () => {
  expect(promptTooLongMessage(9_000, 8_192)).toBe('prompt is too long: 9000 tokens > 8192 maximum');
  expect(promptTooLongMessage(8_000, 8_192)).toBe('prompt is too long: 8193 tokens > 8192 maximum');
});
