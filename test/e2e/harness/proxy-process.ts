import { join } from 'node:path';
import type { RequestRecord } from '../../../src/observe/request-record.ts';
import { isRecord } from '../../upstreams/openai/chat-request.ts';

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
  readonly error?: { readonly message: string };
}

/** The proxy as a user starts it: a process with an environment, in a folder without `.env`. */
export class ProxyProcess {
  readonly url: string;
  readonly #process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  #output = '';
  readonly #collected: Promise<unknown>;

  private constructor(url: string, started: Bun.Subprocess<'ignore', 'pipe', 'pipe'>) {
    this.url = url;
    this.#process = started;
    this.#collected = Promise.all([this.#collect(started.stdout), this.#collect(started.stderr)]);
  }

  static async start(folder: string, env: Readonly<Record<string, string>>): Promise<ProxyProcess> {
    const port = freePort();
    const started = Bun.spawn([process.execPath, mainFile], {
      cwd: folder,
      env: { PATH: Bun.env.PATH ?? '', HOME: folder, PORT: String(port), LOG_FORMAT: 'json', ...env },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const proxy = new ProxyProcess(`http://127.0.0.1:${port}`, started);
    await proxy.#waitUntilHealthy();
    return proxy;
  }

  /** Everything it wrote so far. */
  get output(): string {
    return this.#output;
  }

  /** Stops the proxy and reads its log: one entry for each request, whichever it was. */
  async requests(): Promise<readonly LoggedRequest[]> {
    await this.stop();
    const requests: LoggedRequest[] = [];
    for (const text of this.#output.split('\n')) {
      if (!text.startsWith('{')) continue;
      const line: unknown = JSON.parse(text);
      if (isLoggedRequest(line)) requests.push(line);
    }
    return requests;
  }

  /** Asks it to end, as Ctrl-C does, and waits until its last line is read. */
  async stop(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.#process.exited;
    await this.#collected;
  }

  async #waitUntilHealthy(): Promise<void> {
    const deadline = performance.now() + startLimitMs;
    while (performance.now() < deadline && this.#process.exitCode === null) {
      const isUp = await fetch(`${this.url}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isUp) return;
      await Bun.sleep(pollEveryMs);
    }
    this.#process.kill('SIGKILL');
    await this.#collected;
    throw new Error(`The proxy did not start (exit code ${this.#process.exitCode}). It wrote:\n${this.#output}`);
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) this.#output += decoder.decode(bytes, { stream: true });
  }
}

function isLoggedRequest(line: unknown): line is LoggedRequest {
  return isRecord(line) && typeof line.path === 'string' && Array.isArray(line.losses);
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
