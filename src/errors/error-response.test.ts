import { expect, test } from 'bun:test';
import { errorBody, errorResponse } from './error-response.ts';
import { type ErrorKind, errorTable, ProxyError } from './proxy-error.ts';

const kinds = Object.keys(errorTable).filter((kind): kind is ErrorKind => kind in errorTable);

test.each(kinds)('%s is answered with the status, type and retry header of its row', async (kind) => {
  const response = errorResponse(new ProxyError(kind, 'what, where, what to do'), 'req_1');
  const row = errorTable[kind];
  expect(response.status).toBe(row.status);
  expect(response.headers.get('request-id')).toBe('req_1');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('x-should-retry')).toBe(row.retry === 'never' ? 'false' : null);
  expect(await response.json()).toEqual({
    type: 'error',
    error: { type: row.type, message: 'what, where, what to do' },
    request_id: 'req_1',
  });
});

test.each([
  [12, '12'],
  [0, '0'],
  [1.2, '2'],
])('a wait of %p seconds goes out in whole seconds', (retryAfterSeconds, header) => {
  const response = errorResponse(new ProxyError('rate-limited', 'slow down', { retryAfterSeconds }), 'req_1');
  expect(response.headers.get('retry-after')).toBe(header);
});

test('without a wait there is no retry-after', () => {
  expect(errorResponse(new ProxyError('rate-limited', 'slow down'), 'req_1').headers.has('retry-after')).toBe(false);
});

test.each([
  ['an Error', new Error('sk-secret in here')],
  ['a text', 'sk-secret as text'],
  ['nothing', undefined],
  ['a foreign object', { message: 'sk-secret' }],
])('%s thrown by mistake is a proxy fault that keeps its text to itself', async (_name, thrown) => {
  const response = errorResponse(thrown, 'req_2');
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(text).toContain('"api_error"');
  expect(text).toContain('"request_id":"req_2"');
  expect(text).not.toContain('secret');
  expect(errorBody(thrown, 'req_2').error.message).toContain('log');
});
