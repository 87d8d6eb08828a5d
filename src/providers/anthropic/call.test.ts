import { describe, expect, test } from 'bun:test';
import { Secret } from '../../config/secret.ts';
import { ProxyError } from '../../errors/proxy-error.ts';
import { readModel } from '../../messages/body-model.ts';
import type { ClientCall, CredentialHeader, Target } from '../provider.ts';
import { anthropic } from './index.ts';

function targetOf(extra: Partial<Target> = {}): Target {
  return {
    provider: 'anthropic',
    model: 'claude-x',
    baseUrl: 'https://api.anthropic.com',
    apiKey: undefined,
    route: '',
    ...extra,
  };
}

function callOf(extra: Partial<ClientCall> = {}): ClientCall {
  return {
    path: '/v1/messages',
    query: '',
    headers: new Headers({ 'x-api-key': 'client' }),
    proxyKeyIn: [],
    body: undefined,
    ...extra,
  };
}

function bodyOf(text: string): NonNullable<ClientCall['body']> {
  const plain = Buffer.from(text);
  return { sent: plain, plain, model: readModel(plain) };
}

function refusalOf(make: () => unknown): ProxyError {
  try {
    make();
  } catch (error) {
    if (error instanceof ProxyError) return error;
  }
  throw new Error('was not refused');
}

describe('the address', () => {
  test.each([
    ['/v1/messages', 'beta=true', '/v1/messages?beta=true'],
    ['/v1/models/a%2Fb', 'limit=2&after_id=x%20y', '/v1/models/a%2Fb?limit=2&after_id=x%20y'],
    ['/v1/files/file_1/content', '', '/v1/files/file_1/content'],
    ['/v1/models/claude-x[1m]', '', '/v1/models/claude-x[1m]'],
    ['/v1/a..b/.c', '', '/v1/a..b/.c'],
  ])('%s?%s is kept behind the base URL', (path, query, address) => {
    for (const baseUrl of ['https://api.anthropic.com', 'http://localhost:4000/prefix/anthropic']) {
      expect(anthropic.buildCall(callOf({ path, query }), targetOf({ baseUrl })).url).toBe(baseUrl + address);
    }
  });

  test.each([
    '/v1/../admin',
    '/v1/%2e%2e/admin',
    '/v1/.%2E/admin',
    '/v1/x%2f..%2f..%2fadmin',
    '/v1/x%5c..%5cadmin',
    '/v1/..',
    '/v1/.',
    '/v1/x\\..\\..\\admin',
    '/v2/messages',
    '//evil/v1/x',
    '@evil/v1/x',
  ])('%s leads nowhere', (path) => {
    expect(refusalOf(() => anthropic.buildCall(callOf({ path }), targetOf())).kind).toBe('path-not-found');
    expect(refusalOf(() => anthropic.buildCall(callOf({ path }), targetOf({ baseUrl: 'http://h/v1' }))).kind).toBe(
      'path-not-found',
    );
  });
});

describe('the headers', () => {
  const sent = (
    headers: Record<string, string> | [string, string][],
    target = targetOf(),
    proxyKeyIn: CredentialHeader[] = [],
  ) => Object.fromEntries(anthropic.buildCall(callOf({ headers: new Headers(headers), proxyKeyIn }), target).headers);

  test('are the client’s, without those that concern its own connection', () => {
    const kept = {
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'a,b',
      'user-agent': 'claude-cli',
      'x-stainless-lang': 'js',
      'accept-encoding': 'br',
      'x-api-key': 'k',
      'content-type': 'application/json',
      'x-new': 'ä',
    };
    const dropped = {
      host: 'evil.example',
      'content-length': '12',
      connection: 'keep-alive, X-Private',
      'x-private': '1',
      'keep-alive': '5',
      te: 'trailers',
      trailer: 'x',
      upgrade: 'h2c',
      'transfer-encoding': 'chunked',
      'proxy-authorization': 'Basic x',
      'proxy-connection': 'x',
      expect: '100-continue',
    };
    expect(sent({ ...kept, ...dropped })).toEqual(kept);
    expect(
      sent([
        ['x-api-key', 'k'],
        ['anthropic-beta', 'a'],
        ['anthropic-beta', 'b'],
      ]),
    ).toEqual({ 'x-api-key': 'k', 'anthropic-beta': 'a, b' });
    expect(sent({ 'x-api-key': 'k', connection: 'close,, no name: at all ,x' })).toEqual({ 'x-api-key': 'k' });
  });

  const withKey = targetOf({ apiKey: new Secret('sk-real') });
  const elsewhere = targetOf({ baseUrl: 'http://localhost:4000' });
  const login = { authorization: 'Bearer login', 'anthropic-beta': 'oauth-2025-04-20,claude-code-20250219' };
  const cases: readonly [string, Record<string, string>, CredentialHeader[], Target, Record<string, string>][] = [
    ['the client’s key', { 'x-api-key': 'own' }, [], targetOf(), { 'x-api-key': 'own' }],
    ['the client’s login', login, [], targetOf(), login],
    [
      'both',
      { 'x-api-key': 'own', authorization: 'Bearer b' },
      [],
      targetOf(),
      { 'x-api-key': 'own', authorization: 'Bearer b' },
    ],
    ['a login beside the proxy’s key', { ...login, 'x-api-key': 'proxy' }, ['x-api-key'], targetOf(), login],
    [
      'a key beside the proxy’s key',
      { 'x-api-key': 'own', authorization: 'Bearer proxy' },
      ['authorization'],
      targetOf(),
      { 'x-api-key': 'own' },
    ],
    [
      'a configured key instead of both',
      { ...login, 'x-api-key': 'own' },
      [],
      withKey,
      { 'x-api-key': 'sk-real', 'anthropic-beta': 'claude-code-20250219' },
    ],
    [
      'a configured key instead of the proxy’s',
      { authorization: 'Bearer proxy' },
      ['authorization'],
      withKey,
      { 'x-api-key': 'sk-real' },
    ],
    ['a configured key instead of nothing', {}, [], withKey, { 'x-api-key': 'sk-real' }],
    [
      'no login’s mark without its login',
      { authorization: 'Bearer x', 'anthropic-beta': 'oauth-2025-04-20' },
      [],
      withKey,
      { 'x-api-key': 'sk-real' },
    ],
    ['nothing to another server', { authorization: 'Bearer proxy' }, ['authorization'], elsewhere, {}],
  ];
  test.each(cases)('%s goes out', (_what, headers, proxyKeyIn, target, expected) => {
    expect(sent(headers, target, proxyKeyIn)).toEqual(expected);
  });

  test.each([
    [
      'only the proxy’s key',
      { authorization: 'Bearer p', 'x-api-key': 'p' },
      ['x-api-key', 'authorization'] as CredentialHeader[],
    ],
    ['nothing', {}, []],
  ])('with %s Anthropic is not asked, and the user told what to set', (_what, headers, proxyKeyIn) => {
    const refusal = refusalOf(() => sent(headers, targetOf(), proxyKeyIn));
    expect(refusal.kind).toBe('credential-missing');
    expect(refusal.message).toContain('ANTHROPIC_API_KEY');
    // Claude Code takes this word for a wrong key of its own.
    expect(refusal.message).not.toContain('x-api-key');
  });
});

describe('the body', () => {
  test('is the very same bytes where the name stays', () => {
    const body = bodyOf(
      ' { "model" : "claude-x" , "n" : 1e400 , "n" : 12345678901234567890 , "\\u006dax" : "\\ud83d\\ude00" } ',
    );
    expect(anthropic.buildCall(callOf({ body }), targetOf()).body).toBe(body.sent);
  });

  test('keeps every byte but the name where that changes', () => {
    const body = bodyOf('{"b":1,"model" : "anthropic\\/claude-x[1m]","model2":"model","a":{"model":"x"}}');
    const call = anthropic.buildCall(
      callOf({ body, headers: new Headers({ 'x-api-key': 'k', 'content-encoding': 'gzip' }) }),
      targetOf(),
    );
    expect(call.body?.toString()).toBe('{"b":1,"model" : "claude-x","model2":"model","a":{"model":"x"}}');
    expect(call.headers.has('content-encoding')).toBe(false);
  });

  test('that names no model goes as it is', () => {
    for (const text of ['', 'no json', '{"model":5}']) {
      expect(anthropic.buildCall(callOf({ body: bodyOf(text) }), targetOf({ model: '' })).body?.toString()).toBe(text);
    }
  });
});
