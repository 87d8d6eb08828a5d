import { afterAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { makeTestCredentials } from '../../test/upstreams/google-auth/credential-files.ts';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { findCredentialSource, surveyCredentials } from './google-credential-source.ts';

const credentials = makeTestCredentials();
const files = credentials.files('http://127.0.0.1:1');
afterAll(() => credentials.remove());

function find(file: string | undefined, gcloudDirectory = join(credentials.directory, 'no-gcloud')) {
  return findCredentialSource({ file, gcloudDirectory, quotaProject: undefined });
}

function failureOf(file: string): ProxyError {
  try {
    find(file);
  } catch (error) {
    if (error instanceof ProxyError) return error;
    throw error;
  }
  throw new Error('found');
}

test("the file that is named wins over gcloud's own, and that over the metadata server", () => {
  const gcloud = credentials.write('application_default_credentials.json', files.authorized_user);
  const named = credentials.write('named.json', files.service_account);
  expect(find(named, credentials.directory)).toMatchObject({ type: 'service_account', path: named });
  expect(find(undefined, credentials.directory)).toMatchObject({ type: 'authorized_user', path: gcloud });
  expect(find(undefined)).toMatchObject({ kind: 'metadata' });
});

describe('which project a file speaks of', () => {
  const cases: readonly [type: keyof typeof files, project: string][] = [
    ['service_account', 'key-project'],
    ['authorized_user', 'quota-project'],
    ['external_account (file)', '123456'],
    ['impersonated_service_account', 'acted-for'],
  ];
  test.each(cases)('%s', (type, project) => {
    expect(find(credentials.write('project.json', files[type]))).toMatchObject({ project });
  });
});

test('a file of a sovereign cloud tells its domain', () => {
  const path = credentials.write('sovereign.json', { ...files.service_account, universe_domain: 'cloud.test' });
  expect(find(path)).toMatchObject({ universe: 'cloud.test' });
});

describe('a file that cannot be used is named, with what is wrong and what to do', () => {
  const { private_key: key, ...keyless } = files.service_account;
  const cases: readonly [what: string, content: unknown, why: string][] = [
    ['no JSON', `{"private_key": "${key}`, 'it holds no JSON object'],
    ['a list', [files.service_account], 'it holds no JSON object'],
    ['empty', '', 'it holds no JSON object'],
    ['no type', { ...files.service_account, type: undefined }, 'its type is none of service_account, authorized_user,'],
    ['an OAuth client', { installed: { client_secret: key } }, 'its type is none of service_account, authorized_user,'],
    ['a key without its key', keyless, 'it has no private_key'],
    ['a login without its token', { ...files.authorized_user, refresh_token: undefined }, 'it has no refresh_token'],
    [
      'a pool without a source',
      { ...files['external_account (URL)'], credential_source: undefined },
      'credential_source',
    ],
    ['too large', { ...files.service_account, more: 'x'.repeat(300_000) }, 'it has more than 262144 bytes'],
  ];
  test.each(cases)('%s', (_, content, why) => {
    const { kind, message } = failureOf(credentials.write('broken.json', content));
    expect(kind).toBe('credential-missing');
    expect(message).toContain(why);
    expect(message).toContain('the file of GOOGLE_APPLICATION_CREDENTIALS');
    expect(message).toContain('gcloud auth application-default login');
    expect(message).not.toContain('BEGIN');
    expect(message).not.toContain(credentials.directory);
  });

  test('missing, or a directory', () => {
    expect(failureOf('/nowhere/key.json').message).toContain('there is no such file');
    expect(failureOf(credentials.directory).message).toContain('it is no file');
  });
});

test('the table at the start shows the type, the path and the project, and nothing of the content', () => {
  const path = credentials.write('shown.json', files.service_account);
  const survey = (file: string | undefined, project?: string) => {
    const gcloudDirectory = join(credentials.directory, 'no-gcloud');
    const { vertex } = defaults().upstreams;
    return surveyCredentials({ ...vertex, project, credentials: { file, gcloudDirectory, quotaProject: undefined } });
  };
  expect(survey(path)).toEqual({ found: `service account key in ${path}`, project: 'key-project' });
  expect(survey(path, 'mine')).toMatchObject({ project: 'mine' });
  expect(survey(undefined)).toEqual({ found: expect.stringContaining('no credential file'), project: undefined });
  expect(survey('/nowhere/key.json')).toEqual({ problem: expect.stringContaining('there is no such file') });
});

function defaults() {
  const loaded = loadConfig({ env: {} });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}
