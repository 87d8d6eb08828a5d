import { expect } from 'bun:test';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, type Reply } from '../../upstreams/script.ts';
import { type Answer, type AskOptions, askClaude, type ClaudeFolders, claudeApiKey } from './claude-code.ts';
import { ProxyProcess } from './proxy-process.ts';
import type { Upstream, UpstreamCall, UpstreamKind } from './upstream-kind.ts';

/** What the model says in one turn. */
export type Turn = Reply | ((call: UpstreamCall) => Reply);

export interface SessionOptions {
  /** What the model says, turn by turn. Asked once more than that, it fails for good. */
  readonly script: (folders: ClaudeFolders) => readonly Turn[] | ((call: UpstreamCall) => Reply);
  /** Smaller than the model's own; then a prompt may be refused for its length. */
  readonly contextWindow?: number;
  /** Settings of the proxy beside those that the upstream needs; undefined takes one away. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
}

export interface Through {
  /** Where Claude Code calls, if not at the first proxy. */
  readonly baseUrl?: string;
}

/** Claude Code, the proxy and a scripted model, with folders of their own. */
export interface Session extends ClaudeFolders {
  readonly upstream: Upstream;
  readonly proxy: ProxyProcess;
  /** A folder for what belongs to neither the workspace nor the home. */
  readonly folder: string;
  /** Runs Claude Code headless on one prompt, to its end. */
  ask(prompt: string, options?: AskOptions & Through): Promise<Answer>;
  /** One more proxy with the same settings, which ends with the session. */
  startProxy(): Promise<ProxyProcess>;
}

function play(turns: readonly Turn[]): (call: UpstreamCall) => Reply {
  let next = 0;
  return (call) => {
    const turn = turns[next++];
    if (turn === undefined) return [fail(400, { error: { message: `The script has only ${turns.length} turns.` } })];
    return typeof turn === 'function' ? turn(call) : turn;
  };
}

/**
 * Runs a test in a session of its own. Afterwards the strict fake must have refused nothing unexpected, and no key may
 * stand where it does not belong. A failure comes with the proxy's log and Claude Code's last words.
 */
export async function inSession(
  kind: UpstreamKind,
  options: SessionOptions,
  run: (session: Session) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'claude-code-proxy-e2e-'));
  const folders = { home: join(folder, 'home'), workspace: join(folder, 'workspace') };
  await Promise.all([mkdir(folders.home), mkdir(folders.workspace), mkdir(join(folder, 'proxy'))]);
  await Bun.spawn(['git', 'init', '--quiet', '--initial-branch=main'], { cwd: folders.workspace }).exited;

  const script = options.script(folders);
  const { contextWindow } = options;
  const upstream = await kind.start({ script: typeof script === 'function' ? script : play(script), contextWindow });
  const answers: Answer[] = [];
  const proxies: ProxyProcess[] = [];
  const startProxy = async () => {
    const proxy = await ProxyProcess.start(join(folder, 'proxy'), settingsOf(upstream, options.settings));
    proxies.push(proxy);
    return proxy;
  };
  try {
    const proxy = await startProxy();
    const ask = async (prompt: string, askOptions: AskOptions & Through = {}): Promise<Answer> => {
      const answer = await askClaude(prompt, askOptions.baseUrl ?? proxy.url, folders, askOptions);
      answers.push(answer);
      return answer;
    };
    await run({ ...folders, folder, upstream, proxy, ask, startProxy });
    await Promise.all(proxies.map((started) => started.stop()));
    expect(upstream.refusals.filter(({ isOverflow }) => contextWindow === undefined || !isOverflow)).toEqual([]);
    for (const { output } of proxies) {
      for (const secret of [...upstream.secrets, claudeApiKey]) expect(output).not.toContain(secret);
    }
    if (!upstream.secrets.includes(claudeApiKey)) {
      for (const { headers } of upstream.calls) expect(JSON.stringify([...headers])).not.toContain(claudeApiKey);
    }
  } catch (error) {
    console.error(report(kind, proxies, upstream, answers));
    throw error;
  } finally {
    await Promise.all(proxies.map((started) => started.stop()));
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function settingsOf(upstream: Upstream, settings: SessionOptions['settings']): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...upstream.settings, ...settings })) {
    if (value !== undefined) set[name] = value;
  }
  return set;
}

function report(
  kind: UpstreamKind,
  proxies: readonly ProxyProcess[],
  { calls, refusals }: Upstream,
  answers: readonly Answer[],
): string {
  const lines = proxies.flatMap(({ output }) => ['── the proxy wrote', output.slice(-8000)]);
  lines.push(`── the upstream (${kind.name}) had ${calls.length} calls and refused ${refusals.length}`);
  lines.push(JSON.stringify(refusals, undefined, 1));
  for (const answer of answers) {
    lines.push(`── Claude Code (exit code ${answer.exitCode}) said`, answer.stderr.slice(-2000));
    for (const event of answer.events.slice(-6)) lines.push(JSON.stringify(event).slice(0, 1500));
  }
  return lines.join('\n');
}
