import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { type FileKind, makeTestCredentials } from '../../test/upstreams/google-auth/credential-files.ts';
import type { FakeGoogleAuth, FakeGoogleAuthOptions } from '../../test/upstreams/google-auth/fake-google-auth.ts';
import { pretendGoogle } from '../../test/upstreams/google-auth/pretend-google.ts';
import { loadConfig } from '../config/load.ts';
import type { Target } from '../providers/provider.ts';
import { planTarget } from '../routing/plan-target.ts';
import { GoogleCredentials, type GoogleCredentialsOptions } from './google-credentials.ts';

const credentials = makeTestCredentials();
let fake: FakeGoogleAuth;
const stay = new AbortController().signal;

afterEach(() => fake.stop());
afterAll(() => credentials.remove());

async function google(options: Partial<FakeGoogleAuthOptions> = {}): Promise<void> {
  fake = await pretendGoogle({ known: credentials.known, ...options });
}

/** Credentials from a file of this kind, or from the metadata server. */
function from(
  source: FileKind | 'metadata server',
  options: GoogleCredentialsOptions & { env?: Record<string, string>; file?: object } = {},
) {
  const file = source === 'metadata server' ? undefined : { ...credentials.files(fake.url)[source], ...options.file };
  const loaded = loadConfig({
    env: {
      USE_VERTEX_AUTH: 'true',
      CLOUDSDK_CONFIG: `${credentials.directory}/gcloud`,
      ...(file !== undefined && { GOOGLE_APPLICATION_CREDENTIALS: credentials.write('key.json', file) }),
      ...options.env,
    },
  });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const { config } = loaded;
  const target = planTarget('gemini-2.5-pro', config);
  const google = new GoogleCredentials(config.upstreams.vertex, options);
  return { google, target, token: async () => tokenIn(await google.authorize(target, stay)) };
}

function tokenIn(authorization: { readonly headers: Readonly<Record<string, string>> } | undefined): string {
  return authorization?.headers.authorization ?? 'none';
}

/** A clock that is moved by hand, for tokens that live two hundred seconds. */
function clock() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pass: (seconds: number) => {
      ahead += seconds * 1000;
    },
  };
}

describe('every kind of credentials gives a token that Google made', () => {
  const cases: readonly [
    kind: FileKind | 'metadata server',
    project: string,
    service: 'oauth' | 'sts' | 'iam' | 'metadata',
  ][] = [
    ['service_account', 'key-project', 'oauth'],
    ['authorized_user', 'quota-project', 'oauth'],
    ['external_account (file)', '123456', 'sts'],
    ['external_account (URL)', '123456', 'sts'],
    ['external_account (impersonating)', '123456', 'iam'],
    ['impersonated_service_account', 'acted-for', 'iam'],
    ['metadata server', 'metadata-project', 'metadata'],
  ];
  test.each(cases)('%s', async (kind, project, service) => {
    await google();
    const { google: given, target, token } = from(kind);
    expect((await given.complete(target, stay)).vertex).toEqual({ project, location: 'global' });
    const authorization = await token();
    expect(authorization).toStartWith(`Bearer fake-${service}-token-`);
    expect(fake.accepts(authorization)).toBe(true);
    expect(fake.calls.filter((call) => call.refusal !== undefined)).toEqual([]);
  });
});

test('a project that is set wins over that of the credentials', async () => {
  await google();
  const { google: given, target } = from('service_account', { env: { VERTEX_PROJECT: 'mine', VERTEX_LOCATION: 'eu' } });
  expect((await given.complete(target, stay)).vertex).toEqual({ project: 'mine', location: 'eu' });
});

test('no project at all, and one that could change the path, are told', async () => {
  await google();
  const projectless = from('service_account', { file: { project_id: undefined } });
  await expect(projectless.google.complete(projectless.target, stay)).rejects.toMatchObject({
    kind: 'credential-missing',
    message: expect.stringContaining('set VERTEX_PROJECT'),
  });
  const odd = from('service_account', { env: { GOOGLE_CLOUD_PROJECT: '../../evil' } });
  await expect(odd.google.complete(odd.target, stay)).rejects.toMatchObject({ kind: 'credential-missing' });
});

test('the project that pays is named in every call: that of the setting, else that of the file', async () => {
  await google();
  const headers = async ({ google: given, target }: ReturnType<typeof from>) =>
    (await given.authorize(target, stay))?.headers['x-goog-user-project'];
  expect(await headers(from('authorized_user'))).toBe('quota-project');
  expect(await headers(from('authorized_user', { env: { GOOGLE_CLOUD_QUOTA_PROJECT: 'payer' } }))).toBe('payer');
  expect(await headers(from('service_account'))).toBeUndefined();
});

test('credentials of a sovereign cloud lead to its hosts, unless another host is set', async () => {
  await google({ universe: 'cloud.test' });
  const hostOf = async ({ google: given, target }: ReturnType<typeof from>) =>
    (await given.complete(target, stay)).baseUrl;
  const file = { universe_domain: 'cloud.test' };
  expect(await hostOf(from('service_account', { file }))).toBe('https://aiplatform.cloud.test');
  expect(await hostOf(from('metadata server', { env: { VERTEX_LOCATION: 'europe-west4' } }))).toBe(
    'https://europe-west4-aiplatform.cloud.test',
  );
  const env = { VERTEX_BASE_URL: 'http://127.0.0.1:1' };
  expect(await hostOf(from('service_account', { file, env }))).toBe('http://127.0.0.1:1');
});

test('targets elsewhere come and go untouched, and nobody is asked', async () => {
  await google();
  const { google: given } = from('service_account');
  const target: Target = { provider: 'openai', model: 'm', baseUrl: 'http://x', apiKey: undefined, route: '' };
  expect(await given.complete(target, stay)).toBe(target);
  expect(await given.authorize(target, stay)).toBeUndefined();
  expect(fake.calls).toEqual([]);
});

describe('one token for all', () => {
  test.each(['service_account', 'metadata server'] as const)('fifty requests at once fetch one: %s', async (kind) => {
    await google();
    const { token } = from(kind);
    const tokens = await Promise.all(Array.from({ length: 50 }, token));
    expect(new Set(tokens).size).toBe(1);
    expect(fake.issued('oauth') + fake.issued('metadata')).toBe(1);
  });

  test('near its end the old one still serves while a new one is fetched, once', async () => {
    await google({ lifeSeconds: 200 });
    const { now, pass } = clock();
    const { token } = from('authorized_user', { now });
    const first = await token();
    pass(99);
    expect(await token()).toBe(first);
    expect(fake.issued('oauth')).toBe(1);
    pass(2);
    const { release } = fake.hold();
    expect(await Promise.all([token(), token(), token()])).toEqual([first, first, first]);
    release();
    await until(() => fake.issued('oauth') === 2);
    await until(async () => (await token()) !== first);
    expect(fake.issued('oauth')).toBe(2);
  });

  test('after its end nobody gets the old one', async () => {
    await google({ lifeSeconds: 200 });
    const { now, pass } = clock();
    const { token } = from('service_account', { now });
    const first = await token();
    pass(195);
    const tokens = await Promise.all([token(), token()]);
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[0]).not.toBe(first);
  });

  test('many refusals of the same token fetch one new', async () => {
    await google();
    const { google: given, target, token } = from('authorized_user');
    const authorizations = await Promise.all(Array.from({ length: 10 }, () => given.authorize(target, stay)));
    const renewed: string[] = [];
    for (const authorization of authorizations) {
      expect(authorization?.refused()).toBe(true);
      renewed.push(await token());
    }
    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).not.toBe(tokenIn(authorizations[0]));
    expect(fake.issued('oauth')).toBe(2);
  });

  test('who leaves does not take the token from those who stay', async () => {
    await google();
    const { google: given, target, token } = from('authorized_user');
    const { release } = fake.hold();
    const client = new AbortController();
    const left = given.authorize(target, client.signal);
    const stayed = token();
    client.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    release();
    expect(await stayed).toStartWith('Bearer ');
    expect(fake.issued('oauth')).toBe(1);
  });
});

describe('when it fails', () => {
  test('all who wait hear of it, and it is not tried again at once', async () => {
    let broken = true;
    await google({ fail: () => (broken ? { status: 400, body: { error: 'invalid_grant' } } : undefined) });
    const { now, pass } = clock();
    const { token } = from('authorized_user', { now });
    const failures = await Promise.allSettled(Array.from({ length: 20 }, token));
    expect(failures.every((one) => one.status === 'rejected')).toBe(true);
    expect(fake.calls).toHaveLength(1);
    await expect(token()).rejects.toMatchObject({ kind: 'upstream-unauthenticated' });
    expect(fake.calls).toHaveLength(1);
    broken = false;
    pass(6);
    expect(await token()).toStartWith('Bearer ');
  });

  test('while the old token is good nobody hears of it', async () => {
    let broken = false;
    await google({ lifeSeconds: 200, fail: () => (broken ? { status: 400, body: {} } : undefined) });
    const { now, pass } = clock();
    const { token } = from('authorized_user', { now });
    const first = await token();
    broken = true;
    pass(150);
    expect(await token()).toBe(first);
    await until(() => fake.calls.length === 2);
    expect(await token()).toBe(first);
  });

  test('a new login is noticed without a restart', async () => {
    await google();
    const { now, pass } = clock();
    const { token } = from('authorized_user', { now, file: { refresh_token: 'an-old-one' } });
    await expect(token()).rejects.toMatchObject({ kind: 'upstream-unauthenticated' });
    credentials.write('key.json', credentials.files(fake.url).authorized_user);
    pass(6);
    expect(await token()).toStartWith('Bearer ');
  });

  test('silence ends in time', async () => {
    await google({ fail: () => 'silence' });
    const { token } = from('authorized_user', { limitMs: 50 });
    await expect(token()).rejects.toMatchObject({ kind: 'upstream-timeout' });
  });
});

/** Waits for what happens in the background. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
