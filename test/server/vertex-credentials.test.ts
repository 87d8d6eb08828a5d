import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import type { FileKind } from '../upstreams/google-auth/credential-files.ts';
import { makeTestCredentials } from '../upstreams/google-auth/credential-files.ts';
import type { FakeGoogleAuth, FakeGoogleAuthOptions } from '../upstreams/google-auth/fake-google-auth.ts';
import { pretendGoogle } from '../upstreams/google-auth/pretend-google.ts';
import { wholeStream } from './plain-provider.ts';
import { ask, errorOf, startTestServer, stopTestServers, type TestServer } from './test-server.ts';

const credentials = makeTestCredentials();
let google: FakeGoogleAuth | undefined;
let vertex: ReturnType<typeof startVertex> | undefined;

afterEach(async () => {
  await stopTestServers();
  await vertex?.stop();
  await google?.stop();
  google = vertex = undefined;
});
afterAll(() => credentials.remove());

/** Takes whatever carries a good token, and answers as the plain upstream does. */
function startVertex(auth: FakeGoogleAuth) {
  const calls: {
    readonly authorization: string | null;
    readonly quotaProject: string | null;
    readonly taken: boolean;
  }[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      await request.text();
      const authorization = request.headers.get('authorization');
      const taken = auth.accepts(authorization);
      calls.push({ authorization, quotaProject: request.headers.get('x-goog-user-project'), taken });
      if (!taken) return Response.json({ fail: 'upstream-unauthenticated' }, { status: 401 });
      return new Response(wholeStream(['Hello.']), { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  return { url: server.url.origin, calls, stop: () => server.stop(true) };
}

async function serverWith(
  kind: FileKind | 'metadata server' | 'no file',
  options: Partial<FakeGoogleAuthOptions> = {},
): Promise<{ server: TestServer; google: FakeGoogleAuth; vertex: ReturnType<typeof startVertex> }> {
  google = await pretendGoogle({ known: credentials.known, ...options });
  vertex = startVertex(google);
  const hasFile = kind !== 'metadata server' && kind !== 'no file';
  const server = startTestServer({
    env: {
      BIG_MODEL: 'vertex/gemini-2.5-pro',
      VERTEX_BASE_URL: vertex.url,
      CLOUDSDK_CONFIG: `${credentials.directory}/gcloud`,
      ...(hasFile && {
        GOOGLE_APPLICATION_CREDENTIALS: credentials.write('key.json', credentials.files(google.url)[kind]),
      }),
    },
  });
  return { server, google, vertex };
}

describe('a request reaches Vertex AI with the credentials of', () => {
  const kinds = [
    'service_account',
    'authorized_user',
    'external_account (file)',
    'external_account (URL)',
    'external_account (impersonating)',
    'impersonated_service_account',
    'metadata server',
  ] as const;
  test.each(kinds)('%s', async (kind) => {
    const { server, google, vertex } = await serverWith(kind);
    const response = await server.post(ask());
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('message_stop');
    expect(vertex.calls.map((call) => call.taken)).toEqual([true]);
    expect(vertex.calls[0]?.quotaProject).toBe(kind === 'authorized_user' ? 'quota-project' : null);
    expect(google.calls.filter((call) => call.refusal !== undefined)).toEqual([]);
  });
});

test('fifty requests at once fetch one token', async () => {
  const { server, google, vertex } = await serverWith('service_account');
  const answers = await Promise.all(Array.from({ length: 50 }, () => server.post(ask({ stream: false }))));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(google.issued('oauth')).toBe(1);
  expect(vertex.calls).toHaveLength(50);
});

describe('a token that is refused before its time', () => {
  test('is renewed, and the request sent once more', async () => {
    const { server, google, vertex } = await serverWith('authorized_user');
    await (await server.post(ask())).text();
    google.revokeAll();
    const response = await server.post(ask());
    expect(response.status).toBe(200);
    await response.text();
    expect(vertex.calls.map((call) => call.taken)).toEqual([true, false, true]);
    expect(google.issued('oauth')).toBe(2);
    expect((await server.nextRecord()).attempts).toBe(1);
    expect((await server.nextRecord()).attempts).toBe(2);
  });

  test('is renewed only once', async () => {
    const { server, vertex } = await serverWith('authorized_user', { lifeSeconds: 0 });
    const response = await server.post(ask());
    expect(response.status).toBe(401);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(vertex.calls.map((call) => call.taken)).toEqual([false, false]);
  });
});

describe('without a token', () => {
  test('a missing login is a 401 that says what to do, and nothing is sent', async () => {
    const { server, vertex } = await serverWith('no file', { fail: () => ({ status: 404, body: 'no' }) });
    const response = await server.post(ask());
    expect(response.status).toBe(401);
    const { type, message } = await errorOf(response);
    expect(type).toBe('authentication_error');
    expect(message).toContain('gcloud auth application-default login');
    expect(vertex.calls).toEqual([]);
    expect((await server.nextRecord()).model).toBe('vertex/gemini-2.5-pro');
  });

  test('who goes away while it is fetched ends his request', async () => {
    const { server, google } = await serverWith('authorized_user');
    const { reached, release } = google.hold();
    const client = new AbortController();
    const answer = server.post(ask(), { signal: client.signal });
    await reached;
    client.abort();
    await expect(answer).rejects.toThrow();
    release();
    expect((await server.nextRecord()).outcome).toBe('client-left');
  });

  test('counting tokens goes on with our own count', async () => {
    const { server } = await serverWith('no file', { fail: () => ({ status: 404, body: 'no' }) });
    const response = await server.post(ask(), { path: '/v1/messages/count_tokens' });
    expect(response.status).toBe(200);
  });
});

test('no token and no key is ever logged or answered', async () => {
  const { server, google } = await serverWith('authorized_user');
  const first = await (await server.post(ask())).text();
  google.revokeAll();
  const second = await (await server.post(ask())).text();
  const seen = server.logged() + first + second;
  expect(seen).not.toContain('fake-oauth-token');
  expect(seen).not.toContain(credentials.known.refreshToken);
});
