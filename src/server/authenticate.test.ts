import { expect, test } from 'bun:test';
import { Secret } from '../config/secret.ts';
import { authenticator } from './authenticate.ts';

const authenticate = authenticator(new Secret('proxy-key'));

test.each([
  ['in x-api-key', { 'x-api-key': 'proxy-key' }, ['x-api-key']],
  ['as a bearer token', { authorization: 'bearer   proxy-key' }, ['authorization']],
  ['beside a login', { 'x-api-key': 'proxy-key', authorization: 'Bearer login' }, ['x-api-key']],
  ['twice', { 'x-api-key': 'proxy-key', authorization: 'Bearer proxy-key' }, ['x-api-key', 'authorization']],
  [
    'behind another word',
    { 'x-api-key': 'proxy-key', authorization: 'Basic proxy-key' },
    ['x-api-key', 'authorization'],
  ],
  ['behind a tab', { 'x-api-key': 'proxy-key', authorization: 'Bearer\tproxy-key' }, ['x-api-key', 'authorization']],
  [
    'and in a list',
    { 'x-api-key': 'other, proxy-key', authorization: 'Bearer proxy-key' },
    ['x-api-key', 'authorization'],
  ],
])('the key %s is found wherever it stands, so that it goes on to nobody', (_how, headers, found) => {
  expect<readonly string[]>(authenticate(new Headers(headers))).toEqual(found);
});

test.each([
  {},
  { 'x-api-key': 'another' },
  { 'x-api-key': 'proxy-key, proxy-key' },
  { authorization: 'proxy-key' },
  { authorization: 'Basic proxy-key' },
])('%j is refused', (headers) => {
  expect(() => authenticate(new Headers(headers))).toThrow('PROXY_API_KEY');
});

test('a key with a comma in it is one key', () => {
  expect(authenticator(new Secret('a,b'))(new Headers({ 'x-api-key': 'a,b' }))).toEqual(['x-api-key']);
});
