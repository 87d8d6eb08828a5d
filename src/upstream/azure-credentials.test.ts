import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INetworkModule } from '@azure/msal-node';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { Target } from '../providers/provider.ts';
import { planTarget } from '../routing/plan-target.ts';
import { AzureCredentials } from './azure-credentials.ts';
import { openAzureGrants } from './azure-grants.ts';

const stay = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'azure-credentials-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const azure = { AZURE_BASE_URL: 'https://me.openai.azure.com' };
const app = { AZURE_TENANT_ID: 'my-tenant', AZURE_CLIENT_ID: 'my-client' };
const secret = { ...azure, ...app, AZURE_CLIENT_SECRET: 'my-client-secret' };

/** Entra and a machine's identity, as far as the library calls them. */
function entra(answer: (number: number) => Answer | Error = () => granted('token')) {
  const calls: string[] = [];
  current = (call) => {
    calls.push(call);
    const said = answer(calls.length);
    if (said instanceof Error) throw said;
    return said;
  };
  return { calls };
}

// The library keeps the first network that a machine's identity was asked through.
let current: (call: string) => Answer;
const network: INetworkModule = {
  sendGetRequestAsync: async (url) => read(current(`GET ${decodeURIComponent(url)}`)),
  sendPostRequestAsync: async (url, options) => read(current(`POST ${decodeURIComponent(`${url} ${options?.body}`)}`)),
};

function read({ status, body }: Answer) {
  return { headers: {}, status, body: JSON.parse(JSON.stringify(body)) };
}

function granted(token: string, seconds = 3600): Answer {
  const ends = { expires_in: seconds, expires_on: String(Math.floor(Date.now() / 1000) + seconds) };
  return { status: 200, body: { access_token: token, token_type: 'Bearer', ...ends } };
}

function from(env: Env, now?: () => number, model = 'azure/d') {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const target = planTarget(model, loaded.config);
  const credentials = new AzureCredentials(loaded.config.azure.entra, {
    now,
    open: (source, resource) => openAzureGrants(source, resource, network),
  });
  return { credentials, target, token: () => tokenOf(credentials, target) };
}

async function tokenOf(credentials: AzureCredentials, target: Target): Promise<string | undefined> {
  return (await credentials.authorize(target, stay))?.headers.authorization;
}

describe('who asks for the token, of whom and for what', () => {
  test('an application with a secret', async () => {
    const fake = entra();
    expect(await from(secret).token()).toBe('Bearer token');
    expect(fake.calls).toHaveLength(1);
    expect(fake.calls[0]).toStartWith('POST https://login.microsoftonline.com/my-tenant/oauth2/v2.0/token');
    expect(fake.calls[0]).toContain('scope=https://cognitiveservices.azure.com/.default');
    expect(fake.calls[0]).toContain('client_secret=my-client-secret');
  });

  test('an application with a token of another issuer, which is read anew each time', async () => {
    const file = join(folder, 'token');
    const fake = entra((number) => granted(`token-${number}`));
    const { credentials, target } = from({ ...azure, ...app, AZURE_FEDERATED_TOKEN_FILE: file });
    for (const [number, told] of ['first', 'second'].entries()) {
      writeFileSync(file, `${told}\n`);
      const authorization = await credentials.authorize(target, stay);
      expect(authorization?.headers.authorization).toBe(`Bearer token-${number + 1}`);
      expect(fake.calls[number]).toContain(`client_assertion=${told}`);
      authorization?.refused();
    }
  });

  test('the machine itself, and the identity it was given', async () => {
    const own = entra();
    expect(await from(azure).token()).toBe('Bearer token');
    expect(own.calls[0]).toStartWith('GET http://169.254.169.254/metadata/identity/oauth2/token');
    expect(own.calls[0]).not.toContain('client_id');
    const given = entra();
    await from({ ...azure, AZURE_CLIENT_ID: 'my-client' }).token();
    expect(given.calls[0]).toContain('client_id=my-client');
  });

  test('another cloud has another login and another resource', async () => {
    const fake = entra();
    expect(await from({ ...secret, AZURE_BASE_URL: 'https://me.openai.azure.us' }).token()).toBe('Bearer token');
    const call = fake.calls.at(-1);
    expect(call).toContain('https://login.microsoftonline.us/my-tenant/oauth2/v2.0/token');
    expect(call).toContain('scope=https://cognitiveservices.azure.us/.default');
  });
});

describe('a token goes to Azure and nowhere else', () => {
  const targets: readonly [env: Env, model: string, wanted: boolean][] = [
    [secret, 'azure/d', true],
    [{ ...secret, AZURE_API_KEY: 'a-key' }, 'azure/d', false],
    [{ ...secret, GROQ_API_KEY: 'g-key' }, 'groq/x', false],
    [{ ...secret, OPENAI_API_KEY: 'o-key' }, 'gpt-4.1', false],
    [{ ...secret, OPENAI_BASE_URL: 'https://me.openai.azure.com/openai/v1' }, 'openai/d', true],
    [{ ...secret, OPENAI_BASE_URL: 'https://gateway.example/v1' }, 'openai/d', false],
    [{ ...secret, OPENAI_BASE_URL: 'https://azure.com.example/v1' }, 'openai/d', false],
    [{ ...secret, VLLM_BASE_URL: 'http://localhost:8000/v1' }, 'vllm/x', false],
    [secret, 'gemini/gemini-2.5-pro', false],
  ];
  test.each(targets)('%j %s', async (env, model, wanted) => {
    const fake = entra();
    expect(await from(env, undefined, model).token()).toBe(wanted ? 'Bearer token' : undefined);
    expect(fake.calls).toHaveLength(wanted ? 1 : 0);
  });
});

test('one token serves all, is fetched once however many ask, and renewed ahead of its end', async () => {
  let ahead = 0;
  const fake = entra((number) => granted(`token-${number}`, 1000 + ahead / 1000));
  const { token } = from(secret, () => Date.now() + ahead);
  expect(await Promise.all([token(), token(), token()])).toEqual([
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-1',
  ]);
  ahead = 800_000;
  expect(await token()).toBe('Bearer token-1');
  while (fake.calls.length < 2) await Bun.sleep(1);
  ahead = 995_000;
  expect(await token()).toBe('Bearer token-2');
  expect(fake.calls).toHaveLength(2);
});

describe('what went wrong, and what to do', () => {
  const refusal = (status: number, error: string, number: number): Answer => ({
    status,
    body: {
      error,
      error_description: `AADSTS${number}: about my-client-secret of my-tenant. Trace ID: x`,
      error_codes: [number],
    },
  });
  const failures: readonly [what: string, env: Env, answer: Answer | Error, kind: string, words: RegExp][] = [
    [
      'a wrong secret',
      secret,
      refusal(401, 'invalid_client', 7000215),
      'upstream-unauthenticated',
      /refused AZURE_CLIENT_SECRET \(invalid_client, AADSTS7000215\)\. Check AZURE_TENANT_ID/,
    ],
    [
      'an Entra that is down',
      secret,
      refusal(503, 'temporarily_unavailable', 90033),
      'upstream-fault',
      /Try again in a moment/,
    ],
    ['a machine without an identity', azure, new Error('no route'), 'credential-missing', /set AZURE_API_KEY/],
    [
      'a secret without a tenant',
      { ...azure, AZURE_CLIENT_SECRET: 's', AZURE_CLIENT_ID: 'c' },
      new Error('never asked'),
      'credential-missing',
      /Azure needs AZURE_TENANT_ID beside AZURE_CLIENT_SECRET/,
    ],
    [
      'a file that is not there',
      { ...azure, ...app, AZURE_FEDERATED_TOKEN_FILE: '/nowhere/token' },
      new Error('never asked'),
      'credential-missing',
      /AZURE_FEDERATED_TOKEN_FILE cannot be read \(ENOENT\)/,
    ],
  ];
  test.each(failures)('%s', async (_, env, answer, kind, words) => {
    entra(() => answer);
    const error: unknown = await from(env)
      .token()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(words) });
    expect(String(error)).not.toMatch(/my-client-secret|my-tenant|Trace/);
  });
});
