import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { openEnvelope, sealEnvelope } from './envelope.ts';

test('an envelope gives back exactly what was sealed, and the same payload always the same bytes', () => {
  fc.assert(
    fc.property(fc.constantFrom('openai', 'gemini'), fc.jsonValue(), (provider, payload) => {
      const signature = sealEnvelope(provider, payload);
      expect(signature).toBe(sealEnvelope(provider, payload));
      expect(openEnvelope(signature)).toEqual({ provider, payload: JSON.parse(JSON.stringify(payload)) });
    }),
  );
});

test('an envelope shows its version and provider, and needs no escaping in JSON', () => {
  const signature = sealEnvelope('openai', { text: '"ä\n🙂"' });
  expect(signature).toMatch(/^ccp1\.openai\.[\w-]+\.[\w-]{8}$/);
});

test('what is cut, altered or not ours opens to nothing and never throws', () => {
  const signature = sealEnvelope('openai', { w: 'chat', s: 'because' });
  for (let length = 0; length < signature.length; length += 1) {
    expect(openEnvelope(signature.slice(0, length))).toBeUndefined();
  }
  for (let at = 0; at < signature.length; at += 1) {
    const other = signature[at] === 'A' ? 'B' : 'A';
    expect(openEnvelope(signature.slice(0, at) + other + signature.slice(at + 1))).toBeUndefined();
  }
  for (const foreign of [
    '',
    'ccp1',
    'ccp1.',
    'ccp1...',
    'ccp2.openai.e30.AAAAAAAA',
    'ErUBCkYIBxgCIkDx',
    `${signature}.x`,
  ]) {
    expect(openEnvelope(foreign)).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => openEnvelope(text) === undefined));
});

test('an envelope that was forged to exhaust the stack opens to nothing', () => {
  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  expect(openEnvelope(sealEnvelope('openai', { x: nested(100) }))).toBeDefined();
  expect(openEnvelope(sealEnvelope('openai', { x: nested(5_000) }))).toBeUndefined();
});
