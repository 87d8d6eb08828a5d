import { expect } from 'bun:test';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatCall, ChatRequest } from '../../upstreams/openai/chat-request.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, startFakeOpenAi } from '../../upstreams/openai/fake-openai.ts';
import { fail, type Reply, type Script } from '../../upstreams/script.ts';
import { type Answer, type AskOptions, askClaude, type ClaudeFolders, claudeApiKey } from './claude-code.ts';
import { ProxyProcess } from './proxy-process.ts';

export interface SessionOptions {
  /** What the model says, turn by turn. Asked once more than that, it fails for good. */
  readonly script: (folders: ClaudeFolders) => readonly Turn[] | Script<ChatRequest>;
  /** Where the upstream differs from OpenAI's own API. */
  readonly rules?: FakeOpenAiOptions['rules'];
  /** Settings of the proxy beside the address and key of the fake; undefined takes one away. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** The codes of refusals that the test is about; any other fails it. */
  readonly expectedRefusals?: readonly string[];
}

/** Claude Code, the proxy and a scripted model, with folders of their own. */
export interface Session extends ClaudeFolders {
  readonly openai: FakeOpenAi;
  readonly proxy: ProxyProcess;
  /** A folder for what belongs to neither the workspace nor the home. */
  readonly folder: string;
  /** Runs Claude Code headless on one prompt, to its end. */
  ask(prompt: string, options?: AskOptions): Promise<Answer>;
}

const upstreamApiKey = 'sk-of-the-upstream';

/** What the model says in one turn. */
export type Turn = Reply | ((call: ChatCall) => Reply);

function play(turns: readonly Turn[]): Script<ChatRequest> {
  let next = 0;
  return (call) => {
    const turn = turns[next++];
    if (turn === undefined) return [fail(400, { error: { message: `The script has only ${turns.length} turns.` } })];
    return typeof turn === 'function' ? turn(call) : turn;
  };
}

/**
 * Runs a test in a session of its own. Afterwards the strict fake must have refused nothing unexpected, and neither key may
 * stand where it does not belong. A failure comes with the proxy's log and Claude Code's last words.
 */
export async function inSession(options: SessionOptions, run: (session: Session) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'claude-code-proxy-e2e-'));
  const folders = { home: join(folder, 'home'), workspace: join(folder, 'workspace') };
  await Promise.all([mkdir(folders.home), mkdir(folders.workspace), mkdir(join(folder, 'proxy'))]);
  await Bun.spawn(['git', 'init', '--quiet', '--initial-branch=main'], { cwd: folders.workspace }).exited;

  const script = options.script(folders);
  const openai = await startFakeOpenAi({
    model: typeof script === 'function' ? script : play(script),
    apiKey: upstreamApiKey,
    ...(options.rules === undefined ? {} : { rules: options.rules }),
  });
  const answers: Answer[] = [];
  let proxy: ProxyProcess | undefined;
  try {
    proxy = await ProxyProcess.start(join(folder, 'proxy'), settingsOf(openai, options.settings));
    const { url } = proxy;
    const ask = async (prompt: string, askOptions: AskOptions = {}): Promise<Answer> => {
      const answer = await askClaude(prompt, url, folders, askOptions);
      answers.push(answer);
      return answer;
    };
    await run({ ...folders, folder, openai, proxy, ask });
    await proxy.stop();
    const { expectedRefusals = [] } = options;
    expect(openai.refusals.filter(({ code }) => !expectedRefusals.includes(code ?? ''))).toEqual([]);
    expect(proxy.output).not.toContain(upstreamApiKey);
    for (const call of openai.calls) expect(JSON.stringify([...call.headers])).not.toContain(claudeApiKey);
  } catch (error) {
    console.error(report(proxy, openai, answers));
    throw error;
  } finally {
    await proxy?.stop();
    await openai.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function settingsOf(openai: FakeOpenAi, settings: SessionOptions['settings']): Record<string, string> {
  const merged = {
    OPENAI_BASE_URL: openai.url,
    // On a loopback port nobody can tell which server it plays.
    OPENAI_PROFILE: 'openai',
    OPENAI_API_KEY: upstreamApiKey,
    ...settings,
  };
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(merged)) if (value !== undefined) set[name] = value;
  return set;
}

function report(proxy: ProxyProcess | undefined, openai: FakeOpenAi, answers: readonly Answer[]): string {
  const lines = ['── the proxy wrote', proxy?.output.slice(-8000) ?? '(it did not start)'];
  lines.push(`── the upstream had ${openai.calls.length} calls and refused ${openai.refusals.length}`);
  lines.push(JSON.stringify(openai.refusals, undefined, 1));
  for (const answer of answers) {
    lines.push(`── Claude Code (exit code ${answer.exitCode}) said`, answer.stderr.slice(-2000));
    for (const event of answer.events.slice(-6)) lines.push(JSON.stringify(event).slice(0, 1500));
  }
  return lines.join('\n');
}
