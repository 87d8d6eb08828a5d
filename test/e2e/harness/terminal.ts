import { join } from 'node:path';

const timeLimitMs = 30_000;
const pollEveryMs = 40;

/** A program in a terminal of its own (tmux), driven by keys and read from the screen. */
export class Terminal {
  readonly #socket: string;
  #screen = '';

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** Starts the command in a terminal of 140 × 60 characters; its server socket lies in `folder`. */
  static async start(
    command: readonly string[],
    options: { readonly folder: string; readonly workspace: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<Terminal> {
    const terminal = new Terminal(join(options.folder, 'tmux.sock'));
    const variables = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
    const size = ['-x', '140', '-y', '60'];
    await terminal.#tmux('new-session', '-d', ...size, '-c', options.workspace, 'env', '-i', ...variables, ...command);
    return terminal;
  }

  /** Types text as a person would, and goes on when the screen shows it. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
    await this.waitForText(text);
  }

  /** Presses keys by tmux's names: `Enter`, `Down`, `Escape`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  /** Reads the screen until it is as wanted; gives up with what it shows. */
  async waitFor(isThere: (screen: string) => boolean, what: string): Promise<string> {
    const deadline = performance.now() + timeLimitMs;
    while (performance.now() < deadline) {
      const screen = await this.#tmux('capture-pane', '-p');
      this.#screen = screen;
      if (isThere(screen)) return screen;
      await Bun.sleep(pollEveryMs);
    }
    throw new Error(`The terminal did not show ${what} within ${timeLimitMs / 1000} s. It shows:\n${this.#screen}`);
  }

  waitForText(text: string): Promise<string> {
    return this.waitFor((screen) => screen.includes(text), `"${text}"`);
  }

  /** What the screen showed when it was last read. */
  get lastScreen(): string {
    return this.#screen;
  }

  async stop(): Promise<void> {
    await this.#tmux('kill-server');
  }

  async #tmux(...command: readonly string[]): Promise<string> {
    const run = Bun.spawn(['tmux', '-S', this.#socket, '-f', '/dev/null', ...command], {
      // Box drawing and symbols come out as underscores unless tmux believes in UTF-8.
      env: { PATH: Bun.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8', TERM: 'xterm-256color' },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [stdout, stderr, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
    if (exitCode !== 0) throw new Error(`tmux ${command[0]} failed: ${stderr.trim()}`);
    return stdout;
  }
}
