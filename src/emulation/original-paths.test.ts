import { expect, test } from 'bun:test';
import { originalPathOf, originalPathThrough, samePath } from './original-paths.ts';

const whole = (path: string) => ({ path, isWhole: true });
/** `messages.1` was split into three: its blocks 0 and 1, a result, the rest. */
const back = originalPathOf([
  { path: 'messages.0', blocks: undefined },
  { path: 'messages.1', blocks: [whole('messages.1.content.0'), { path: 'messages.1.content.1', isWhole: false }] },
  { path: 'messages.1', blocks: [{ path: 'messages.1.content.2', isWhole: false }] },
  { path: 'messages.1', blocks: [whole('messages.1.content.3')] },
  { path: 'messages.2', blocks: undefined },
]);

test.each([
  ['messages.0', 'messages.0'],
  ['messages.0.content.7.x', 'messages.0.content.7.x'],
  ['messages.1', 'messages.1'],
  ['messages.1.content.0.citations', 'messages.1.content.0.citations'],
  ['messages.1.content.1.input', 'messages.1.content.1'],
  ['messages.2.content.0.content.1', 'messages.1.content.2'],
  ['messages.2.content.9', 'messages.1'],
  ['messages.3.content.0', 'messages.1.content.3'],
  ['messages.4.content.5', 'messages.2.content.5'],
  ['messages.99', 'messages.99'],
  ['tools.1.strict', 'tools.1.strict'],
  ['system', 'system'],
])('%s was %s', (path, original) => {
  expect(back(path)).toBe(original);
});

test('of two rewritings the later one is undone first', () => {
  const moved = originalPathOf([{ path: 'messages.3', blocks: undefined }]);
  expect(originalPathThrough(back, moved)('messages.0.content.0')).toBe('messages.1.content.3');
  expect(originalPathThrough(samePath, moved)).toBe(moved);
  expect(originalPathThrough(moved, samePath)).toBe(moved);
});
