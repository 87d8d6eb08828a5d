import { expect, test } from 'bun:test';
import { safeWords } from './error-text.ts';

const target = {
  provider: 'vertex',
  model: 'gemini-2.5-pro',
  baseUrl: 'https://aiplatform.test',
  apiKey: undefined,
  route: '',
} as const;

// Put together here, so that no scanner takes them for real ones.
const hidden = 'Zx9Kq2';
test.each([
  ['an access token', ['ya29', `a0${hidden}`]],
  ['an access token of a machine', ['ya29', 'c', `b0${hidden}`, hidden]],
  ['a new key of AI Studio', ['AQ', `Ab8${hidden}${'x'.repeat(30)}`]],
  ['a token that signs itself', [`eyJhbGci`, `eyJ${hidden}`, hidden]],
])('of Google, %s is blanked to its last letter', (_what, parts) => {
  expect(safeWords(`The token ${parts.join('.')} has ended.`, target)).toBe('The token [redacted] has ended.');
});

test.each([
  ['a refresh token', `1//0${hidden}-abcdef_12`],
  ['a client secret', `GOCSPX-${hidden}-abc`],
])('of Google, %s is blanked', (_what, text) => {
  expect(safeWords(`It says ${text} here.`, target)).toBe('It says [redacted] here.');
});

test('nothing of a private key is shown', () => {
  const key = `-----BEGIN ${'PRIVATE KEY'}-----\n${hidden}/+abc\n${hidden}`;
  expect(safeWords(`Cannot read ${key}`, target)).toBe('Cannot read [redacted]');
});
