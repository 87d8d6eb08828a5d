import { join } from 'node:path';
import type { RequestRecord } from '../../../src/observe/request-record.ts';
import { isRecord } from '../../upstreams/json.ts';

const mainFile = join(import.meta.dir, '..', '..', '..', 'src', 'main.ts');
const startLimitMs = 10_000;
const pollEveryMs = 20;

/** What the tests look at in the log's line of one request. */
export interface LoggedRequest {
  readonly path: string;
  readonly status: number;
  readonly stream: boolean;
  readonly outcome: RequestRecord['outcome'];
  readonly attempts: number;
  readonly model?: string;
  readonly inputTokens?: number;
  readonly cachedTokens?: number;
  readonly losses: readonly { readonly field: string }[];
  readonly callRepairs: Readonly<Record<string, number>>;
  readonly error?: { readonly message: string };
}

/** The proxy as a user starts it: a process with an environment, in a folder without `.env`. */
export class ProxyProcess {
  readonly #process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  #url = '';
  #output = '';
  readonly #collected: Promise<unknown>;

  private constructor(started: Bun.Subprocess<'ignore', 'pipe', 'pipe'>) {
    this.#process = started;
    this.#collected = Promise.all([this.#collect(started.stdout), this.#collect(started.stderr)]);
  }

  static async start(folder: string, env: Readonly<Record<string, string>>): Promise<ProxyProcess> {
    const started = Bun.spawn([process.execPath, mainFile], {
      cwd: folder,
      env: { PATH: Bun.env.PATH ?? '', HOME: folder, ...alwaysSet, ...env },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const proxy = new ProxyProcess(started);
    await proxy.#waitUntilListening();
    return proxy;
  }

  get url(): string {
    return this.#url;
  }

  /** Everything it wrote so far. */
  get output(): string {
    return this.#output;
  }

  /** Stops the proxy and reads its log: one entry for each request. */
  async requests(): Promise<readonly LoggedRequest[]> {
    await this.stop();
    return this.#lines().filter(isLoggedRequest);
  }

  /** Asks it to end, as Ctrl-C does, and waits until its last line is read. */
  async stop(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.#process.exited;
    await this.#collected;
  }

  async #waitUntilListening(): Promise<void> {
    const deadline = performance.now() + startLimitMs;
    while (performance.now() < deadline && this.#process.exitCode === null) {
      const listening = this.#lines().find(({ message }) => message === 'listening');
      if (typeof listening?.url === 'string') {
        this.#url = listening.url.replace(/\/$/, '');
        return;
      }
      await Bun.sleep(pollEveryMs);
    }
    this.#process.kill('SIGKILL');
    await this.#collected;
    throw new Error(`The proxy did not start (exit code ${this.#process.exitCode}). It wrote:\n${this.#output}`);
  }

  #lines(): readonly Record<string, unknown>[] {
    const lines: Record<string, unknown>[] = [];
    // The last piece may be half a line.
    for (const text of this.#output.split('\n').slice(0, -1)) {
      const line: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
      if (isRecord(line)) lines.push(line);
    }
    return lines;
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) this.#output += decoder.decode(bytes, { stream: true });
  }
}

/** Any free port, and every request in the log: token counts that went well stand there at `debug` only. */
const alwaysSet = { PORT: '0', LOG_FORMAT: 'json', LOG_LEVEL: 'debug' };

function isLoggedRequest(line: Readonly<Record<string, unknown>>): line is LoggedRequest & Record<string, unknown> {
  return line.message === 'request' && typeof line.path === 'string' && Array.isArray(line.losses);
}
