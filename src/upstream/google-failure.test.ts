import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { type FileKind, makeTestCredentials } from '../../test/upstreams/google-auth/credential-files.ts';
import type { FakeGoogleAuth, FakeGoogleAuthOptions } from '../../test/upstreams/google-auth/fake-google-auth.ts';
import { pretendGoogle } from '../../test/upstreams/google-auth/pretend-google.ts';
import { loadConfig } from '../config/load.ts';
import { type ErrorKind, ProxyError } from '../errors/proxy-error.ts';
import { planTarget } from '../routing/plan-target.ts';
import { GoogleCredentials } from './google-credentials.ts';

const credentials = makeTestCredentials();
let fake: FakeGoogleAuth;
afterEach(() => fake.stop());
afterAll(() => credentials.remove());

interface Failing {
  readonly from: FileKind | 'metadata server';
  readonly file?: object;
  readonly fail?: FakeGoogleAuthOptions['fail'];
  readonly kind: ErrorKind;
  readonly says: readonly string[];
}

const google = (status: number, body: unknown) => () => ({ status, body });
const secrets = [credentials.known.refreshToken, credentials.known.clientSecret, credentials.directory, 'BEGIN'];

const cases: readonly [what: string, failing: Failing][] = [
  [
    'a login that was revoked',
    {
      from: 'authorized_user',
      file: { refresh_token: 'revoked' },
      kind: 'upstream-unauthenticated',
      says: ['invalid_grant', 'run gcloud auth application-default login'],
    },
  ],
  [
    'a key of another account',
    {
      from: 'service_account',
      file: { client_email: 'nobody@key-project.iam.gserviceaccount.com' },
      kind: 'upstream-unauthenticated',
      says: ['invalid_grant', 'the file of GOOGLE_APPLICATION_CREDENTIALS', 'clock'],
    },
  ],
  [
    'a key that is none',
    {
      from: 'service_account',
      file: { private_key: 'not a key' },
      kind: 'credential-missing',
      says: ['its private_key is none', 'GOOGLE_APPLICATION_CREDENTIALS'],
    },
  ],
  [
    'a pool that does not trust the token',
    {
      from: 'external_account (file)',
      fail: google(400, { error: 'invalid_grant', error_description: credentials.known.subjectToken }),
      kind: 'upstream-unauthenticated',
      says: ['invalid_grant', 'workload identity pool'],
    },
  ],
  [
    'a subject token that is not there',
    {
      from: 'external_account (file)',
      file: { credential_source: { file: '/nowhere/token' } },
      kind: 'credential-missing',
      says: ['a file it names cannot be read'],
    },
  ],
  [
    'an account that may not act for another',
    {
      from: 'impersonated_service_account',
      fail: (service) =>
        service === 'iam' ? { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED' } } } : undefined,
      kind: 'upstream-unauthenticated',
      says: ['PERMISSION_DENIED', 'roles/iam.serviceAccountTokenCreator'],
    },
  ],
  [
    'the login behind an impersonated account has ended',
    {
      from: 'impersonated_service_account',
      fail: (service) => (service === 'oauth' ? { status: 400, body: { error: 'invalid_grant' } } : undefined),
      kind: 'upstream-unauthenticated',
      says: ['invalid_grant', 'gcloud auth application-default login'],
    },
  ],
  [
    'a machine without a service account',
    {
      from: 'metadata server',
      fail: (_, path) =>
        path.endsWith('/token') ? { status: 404, body: 'no', headers: { 'metadata-flavor': 'Google' } } : undefined,
      kind: 'upstream-unauthenticated',
      says: ['the metadata server', 'status 404', 'service account with the scope cloud-platform'],
    },
  ],
  [
    'a machine that is not on Google Cloud',
    {
      from: 'metadata server',
      fail: google(404, 'no'),
      kind: 'credential-missing',
      says: ['there are none', 'gcloud auth application-default login', 'GOOGLE_APPLICATION_CREDENTIALS'],
    },
  ],
  [
    'an answer that is no token',
    { from: 'authorized_user', fail: google(200, {}), kind: 'upstream-malformed', says: ['no access token'] },
  ],
];

describe('what a user reads when there is no token', () => {
  test.each(cases)('%s', async (_, { from, file, fail, kind, says }) => {
    fake = await pretendGoogle({ known: credentials.known, ...(fail !== undefined && { fail }) });
    const failure = await failureOf(from, file);
    expect(failure.kind).toBe(kind);
    for (const word of says) expect(failure.message).toContain(word);
    for (const secret of secrets) expect(failure.message).not.toContain(secret);
    expect(failure.message).not.toContain(credentials.known.subjectToken);
  });
});

test("where Google's servers fail, the client may try again", async () => {
  fake = await pretendGoogle({ known: credentials.known });
  const failure = await failureOf('external_account (file)', { token_url: 'http://127.0.0.1:9/token' });
  expect(failure.kind).toBe('upstream-unreachable');
  expect(failure.message).toContain('ECONNREFUSED');
});

async function failureOf(from: Failing['from'], file: object | undefined): Promise<ProxyError> {
  const isFile = from !== 'metadata server';
  const content = isFile ? { ...credentials.files(fake.url)[from], ...file } : {};
  const loaded = loadConfig({
    env: {
      USE_VERTEX_AUTH: 'true',
      CLOUDSDK_CONFIG: `${credentials.directory}/gcloud`,
      ...(isFile && { GOOGLE_APPLICATION_CREDENTIALS: credentials.write('key.json', content) }),
    },
  });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const given = new GoogleCredentials(loaded.config.upstreams.vertex);
  const target = planTarget('gemini-2.5-pro', loaded.config);
  try {
    await given.authorize(target, new AbortController().signal);
  } catch (error) {
    if (error instanceof ProxyError) return error;
    throw error;
  }
  throw new Error('a token');
}
