import { join } from 'node:path';

const timeLimitMs = 30_000;
const pollEveryMs = 40;
const restMs = 1000;
const repeatKeyEveryMs = 6000;

/** A program in a terminal of its own (tmux), driven by keys and read from the screen. */
export class Terminal {
  readonly #socket: string;

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

  /** Presses a key by tmux's name for it: `Enter`, `Down`. */
  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', key);
  }

  /**
   * Presses a key in a dialog. One that has just come up is deaf, lest it take the end of a sentence for an answer: it
   * must have stood for a while. A key that was not heard is pressed again, late enough not to be a second answer.
   */
  async answerDialog(key: string, isHeard: (screen: string) => boolean, what: string): Promise<void> {
    const deadline = performance.now() + timeLimitMs;
    let shown = '';
    let changedAt = performance.now();
    let pressedAt = Number.NEGATIVE_INFINITY;
    while (performance.now() < deadline) {
      const screen = await this.read();
      if (isHeard(screen)) return;
      const now = performance.now();
      // A dialog stands below a rule; above it marks go on blinking.
      const dialog = screen.slice(screen.lastIndexOf('────'));
      if (dialog !== shown) {
        shown = dialog;
        changedAt = now;
      } else if (now - changedAt > restMs && now - pressedAt > repeatKeyEveryMs) {
        await this.press(key);
        pressedAt = now;
      }
      await Bun.sleep(pollEveryMs);
    }
    throw await this.#waitedInVain(what);
  }

  /** Reads the screen until it is as wanted; gives up with what it shows. */
  async waitFor(isThere: (screen: string) => boolean, what: string): Promise<string> {
    const deadline = performance.now() + timeLimitMs;
    while (performance.now() < deadline) {
      const screen = await this.read();
      if (isThere(screen)) return screen;
      await Bun.sleep(pollEveryMs);
    }
    throw await this.#waitedInVain(what);
  }

  waitForText(text: string): Promise<string> {
    return this.waitFor((screen) => screen.includes(text), `"${text}"`);
  }

  /** What the screen shows now. */
  read(): Promise<string> {
    return this.#tmux('capture-pane', '-p');
  }

  async stop(): Promise<void> {
    await this.#tmux('kill-server');
  }

  async #waitedInVain(what: string): Promise<Error> {
    return new Error(
      `The terminal did not show ${what} within ${timeLimitMs / 1000} s. It shows:\n${await this.read()}`,
    );
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
