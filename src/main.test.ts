import { afterEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { serverNames } from './config/servers.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

interface Started {
  readonly process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  /** Reads on until the pattern has been said. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

/** The program as a user starts it, in a folder of its own and with nothing inherited. */
function start(args: readonly string[], env: Record<string, string> = {}, dotenv?: string): Started {
  const folder = mkdtempSync(join(tmpdir(), 'main-'));
  if (dotenv !== undefined) writeFileSync(join(folder, '.env'), dotenv);
  const program = join(import.meta.dir, 'main.ts');
  const child = Bun.spawn([process.execPath, '--no-env-file', program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  endings.push(async () => {
    child.kill('SIGKILL');
    await child.exited;
    rmSync(folder, { recursive: true });
  });

  let said = '';
  let pieces: AsyncIterator<Uint8Array> | undefined;
  const decoder = new TextDecoder();
  return {
    process: child,
    async until(pattern) {
      pieces ??= child.stdout[Symbol.asyncIterator]();
      for (;;) {
        const found = pattern.exec(said);
        if (found !== null) return found;
        const { done, value } = await pieces.next();
        if (done) throw new Error(`never said ${pattern}, but: ${said}${await child.stderr.text()}`);
        said += decoder.decode(value, { stream: true });
      }
    },
  };
}

async function ended(args: readonly string[], env: Record<string, string> = {}, dotenv?: string) {
  const { process: child } = start(args, env, dotenv);
  const [out, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { out, complaint, code: await child.exited };
}

async function listening(started: Started): Promise<string> {
  const [, url] = await started.until(/"url":"(http:[^"]+)"/);
  return url ?? '';
}

describe('the command line', () => {
  test('--version', async () => {
    const { out, code } = await ended(['--version']);
    expect([out, code]).toEqual([`${packageJson.version}\n`, 0]);
  });

  test('models tells what is known of the configured ones, for people and for programs', async () => {
    const told = await ended(['models'], { BIG_MODEL: 'gpt-5.2' });
    expect(told.out).toMatch(/openai\/gpt-5\.2\n[\s\S]*? {2}context window {10}400,000 tokens +\[1]\n/);
    expect(told.out).toContain('openai/gpt-4.1-mini');
    const { out, code } = await ended(['models', 'gpt-5.2', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([0, [{ known: { traits: { contextWindow: 400_000 } } }]]);
  });

  test('models says so where every name goes on as it is', async () => {
    const { out, code } = await ended(['models'], { PREFERRED_PROVIDER: 'anthropic' });
    expect([code, out]).toEqual([0, expect.stringContaining('claude-code-proxy models claude-')]);
    expect((await ended(['models', '--json'], { PREFERRED_PROVIDER: 'anthropic' })).out).toBe('[]\n');
  });

  test.each([
    [['models', '--all'], {}, 2, 'models takes one name of a model and --json'],
    [['models', 'openai/'], {}, 1, 'names a provider but no model'],
    [['models'], { MODEL_OVERRIDES: '{"a":{"images":1}}' }, 1, 'MODEL_OVERRIDES "a".images: write true or false'],
  ])('%j is refused', async (args, env, expected, complaint) => {
    const { code, complaint: said } = await ended(args, env);
    expect([code, said]).toEqual([expected, expect.stringContaining(complaint)]);
  });

  test.each(['--help', '-h', 'help', 'serve --help'])('%s', async (args) => {
    const { out, code } = await ended(args.split(' '));
    expect(out).toContain('claude-code-proxy demo');
    expect(out).toMatch(/^ +PREFERRED_PROVIDER +openai$/m);
    expect(code).toBe(0);
  });

  test.each([
    [['fly'], 'claude-code-proxy: unknown command "fly" (try --help)\n'],
    [
      ['serve', '--port=1'],
      'claude-code-proxy: serve takes no "--port=1"; settings are environment variables (try --help)\n',
    ],
  ])('%j is refused', async (args, expected) => {
    const { out, complaint, code } = await ended(args);
    expect([out, complaint, code]).toEqual(['', expected, 2]);
  });
});

describe('what stops the start, in plain lines and with exit code 1', () => {
  test('every problem of the environment and of .env', async () => {
    const { out, complaint, code } = await ended(
      [],
      { PORT: 'x', STRICT: 'y' },
      'STRICT=z\nwhat\nPREFERRED_PROVIDER=me\n',
    );
    expect(complaint).toBe(`claude-code-proxy cannot start:
  .env:2: this line is not NAME=value; correct it or put # in front of it
  .env:3: PREFERRED_PROVIDER is "me": write openai (also for the server of OPENAI_BASE_URL), google, anthropic, or a server by its name: ${serverNames.join(', ')}
  PORT is "x": write a whole number from 0 to 65535 (0: any free port)
  STRICT is "y": write true or false
`);
    expect([out, code]).toEqual(['', 1]);
  });

  test('a port that is taken', async () => {
    const other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    endings.push(() => other.stop(true));
    const { complaint, code } = await ended([], { PORT: String(other.port) });
    expect(complaint).toBe(`claude-code-proxy cannot start:
  PORT ${other.port} is taken on 127.0.0.1, perhaps by another claude-code-proxy: stop that one, or set PORT to another number
`);
    expect(code).toBe(1);
  });

  test('a host that is not here', async () => {
    const { complaint, code } = await ended([], { HOST: '203.0.113.7', PROXY_API_KEY: 'key', PORT: '0' });
    expect(complaint).toContain('HOST 203.0.113.7 is no address of this machine');
    expect(code).toBe(1);
  });
});

test('it serves with what .env says, tells it, and a signal ends it with exit code 0', async () => {
  const proxy = start(['serve'], { BIG_MODEL: 'from-env' }, 'PORT=0\nBIG_MODEL=from-file\nSMALL_MODEL=from-file\n');
  const url = await listening(proxy);
  await proxy.until(/"Opus":"openai\/from-env".*"Haiku":"openai\/from-file"/);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  proxy.process.kill('SIGTERM');
  expect(await proxy.process.exited).toBe(0);
});

test('a person sees the table and the line to paste', async () => {
  const proxy = start([], { PORT: '0', LOG_FORMAT: 'pretty', OPENAI_API_KEY: 'sk-secret' });
  const [table] = await proxy.until(/[\s\S]*asked for → answered by.*\n/);
  expect(table).toContain('Haiku         →  openai/gpt-4.1-mini   SMALL_MODEL');
  expect(table).toContain('OPENAI_API_KEY      set');
  expect(table).toMatch(/ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+ claude\n/);
  expect(table).not.toContain('secret');
});

test.skipIf(process.platform !== 'linux')('the process that serves has no limit of 256 connections', async () => {
  const proxy = start([], { PORT: '0' });
  await listening(proxy);
  const environment = await Bun.file(`/proc/${proxy.process.pid}/environ`).text();
  expect(environment.split('\0')).toContain('BUN_CONFIG_MAX_HTTP_REQUESTS=65535');
});

describe('stopping while an answer streams', () => {
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'gpt-4.1',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;

  /** A proxy in the middle of an answer whose rest comes when `finish` is called. */
  async function streaming() {
    const rest = Promise.withResolvers<void>();
    const upstream = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () =>
        new Response(
          async function* () {
            yield chunk({ role: 'assistant', content: 'half' });
            await rest.promise;
            yield `${chunk({ content: ' and whole' })}${chunk({}, 'stop')}data: [DONE]\n\n`;
          },
          { headers: { 'content-type': 'text/event-stream' } },
        ),
    });
    endings.push(() => upstream.stop(true));
    const proxy = start([], { PORT: '0', OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1` });
    const answer = await fetch(`${await listening(proxy)}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({
        model: 'claude-opus-5-5',
        max_tokens: 100,
        stream: true,
        messages: [{ role: 'user', content: 'filler' }],
      }),
    });
    const reader = answer.body?.getReader();
    const decoder = new TextDecoder();
    let read = '';
    const readUntil = async (text: string) => {
      while (!read.includes(text)) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) break;
        read += decoder.decode(value, { stream: true });
      }
      return read;
    };
    await readUntil('half');
    return { proxy, finish: rest.resolve, readUntil };
  }

  test('the answer comes to its end first', async () => {
    const { proxy, finish, readUntil } = await streaming();
    proxy.process.kill('SIGINT');
    await proxy.until(/stopping; 1 open stream may go on for up to 10 s/);
    finish();
    expect(await readUntil('message_stop')).toContain('and whole');
    expect(await proxy.process.exited).toBe(0);
    await proxy.until(/"message":"request".*"outcome":"answered"/);
  });

  test('a second signal ends it at once', async () => {
    const { proxy, readUntil } = await streaming();
    proxy.process.kill('SIGINT');
    await proxy.until(/stopping; 1 open stream/);
    // A Ctrl-C right behind the first is taken for its echo, so it is pressed until it counts.
    const pressing = setInterval(() => proxy.process.kill('SIGINT'), 50);
    expect(await proxy.process.exited).toBe(130);
    clearInterval(pressing);
    expect(await readUntil('never said').catch(() => '')).not.toContain('message_stop');
  });
});
