import { afterAll, afterEach, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestCredentials } from '../upstreams/google-auth/credential-files.ts';
import {
  type FakeGoogleAuth,
  type FakeGoogleAuthOptions,
  startFakeGoogleAuth,
} from '../upstreams/google-auth/fake-google-auth.ts';

const main = join(import.meta.dir, '..', '..', 'src', 'main.ts');
const credentials = makeTestCredentials();
let google: FakeGoogleAuth | undefined;
let child: ReturnType<typeof startProxy> | undefined;

afterEach(async () => {
  child?.kill('SIGKILL');
  await child?.exited;
  await google?.stop();
  child = google = undefined;
});
afterAll(() => credentials.remove());

/** The proxy as a user starts it, in a folder of its own with this `.env`, and no Google but the fake. */
function startProxy(metadataHost: string, dotenv: Readonly<Record<string, string>>) {
  const directory = join(credentials.directory, 'start');
  mkdirSync(directory, { recursive: true });
  const settings = { PORT: '0', USE_VERTEX_AUTH: 'true', PREFERRED_PROVIDER: 'google', ...dotenv };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(directory, '.env'), lines.join(''));
  return Bun.spawn([process.execPath, main], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', CLOUDSDK_CONFIG: directory, GCE_METADATA_HOST: metadataHost },
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

async function outputUntil(wanted: string): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of child?.stdout ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes(wanted)) return text;
  }
  throw new Error(`the process ended: ${text}`);
}

async function startGoogle(options: Partial<FakeGoogleAuthOptions> = {}): Promise<FakeGoogleAuth> {
  google = await startFakeGoogleAuth({ known: credentials.known, ...options });
  return google;
}

test('a credential file named in .env is found, and its token fetched before the first request', async () => {
  const fetched = Promise.withResolvers<void>();
  const google = await startGoogle({
    fail: (service) => {
      if (service === 'sts') fetched.resolve();
      return undefined;
    },
  });
  const path = credentials.write('key.json', credentials.files(google.url)['external_account (file)']);
  child = startProxy(google.host, { GOOGLE_APPLICATION_CREDENTIALS: path, GOOGLE_CLOUD_PROJECT: 'from-dotenv' });
  const output = await outputUntil('"listening"');
  expect(output).toContain(`workload identity federation in ${path}`);
  expect(output).toContain('"project":"from-dotenv"');
  await fetched.promise;
});

test('without credentials the start goes on, and one line says what to do', async () => {
  const google = await startGoogle({ fail: () => ({ status: 404, body: 'no' }) });
  child = startProxy(google.host, {});
  const output = await outputUntil('"level":"warn"');
  expect(output).toContain(
    'Vertex AI needs Google credentials, and there are none. Run gcloud auth application-default',
  );
});

test('a file that cannot be used is told at once', async () => {
  const google = await startGoogle();
  child = startProxy(google.host, { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/key.json' });
  const output = await outputUntil('"level":"warn"');
  expect(output).toContain('there is no such file');
  expect(google.calls).toEqual([]);
});
