import { join } from 'node:path';
import { isRecord } from '../../upstreams/json.ts';

const installScript = join(import.meta.dir, '..', '..', '..', 'scripts', 'install-claude-code.mjs');

/** One line of Claude Code's `stream-json` output. */
export type ClaudeEvent = Readonly<Record<string, unknown>>;

export interface ToolResult {
  readonly toolUseId: string;
  readonly isError: boolean;
  /** Its text blocks joined. */
  readonly text: string;
}

/** What one headless run of Claude Code said and did. */
export interface Answer {
  readonly exitCode: number;
  /** The final answer, or the message Claude Code shows instead. */
  readonly text: string;
  readonly isError: boolean;
  readonly sessionId: string;
  readonly events: readonly ClaudeEvent[];
  /** Results of the tools it ran, in the order in which they finished. */
  readonly toolResults: readonly ToolResult[];
  readonly stderr: string;
}

export interface ClaudeFolders {
  readonly home: string;
  /** A git repository of the test's own. */
  readonly workspace: string;
}

export interface AskOptions {
  /** Further arguments, such as `--mcp-config`. */
  readonly flags?: readonly string[];
  /** Tools that run without asking. */
  readonly allowedTools?: readonly string[];
  /** Continues this session in a new process. */
  readonly resume?: string;
  readonly timeLimitMs?: number;
  /** Variables beside the usual ones; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

let installing: Promise<string> | undefined;

/** The pinned program, installed by the script on first use. */
export function claudeCodeProgram(): Promise<string> {
  installing ??= install();
  return installing;
}

async function install(): Promise<string> {
  const script = Bun.spawn(['node', installScript], { stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' });
  const program = (await script.stdout.text()).trim();
  if ((await script.exited) !== 0) throw new Error('Claude Code could not be installed; the reason is above.');
  return program;
}

/** The whole environment: nothing else is inherited, so that a developer's own settings cannot change a test. */
export function claudeEnvironment(proxyUrl: string, folders: ClaudeFolders): Record<string, string> {
  return {
    PATH: Bun.env.PATH ?? '/usr/bin:/bin',
    HOME: folders.home,
    TERM: 'xterm',
    ANTHROPIC_BASE_URL: proxyUrl,
    ANTHROPIC_API_KEY: claudeApiKey,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    // Its notes on background tasks go away with the test.
    CLAUDE_CODE_TMPDIR: folders.home,
  };
}

/** What Claude Code sends as its own key; the proxy must never pass it on. */
export const claudeApiKey = 'sk-of-the-client';

/** Runs Claude Code headless on one prompt, to its end. */
export async function askClaude(
  prompt: string,
  proxyUrl: string,
  folders: ClaudeFolders,
  options: AskOptions,
): Promise<Answer> {
  const command = [await claudeCodeProgram(), '-p', prompt, '--output-format', 'stream-json', '--verbose'];
  if (options.allowedTools !== undefined) command.push('--allowedTools', options.allowedTools.join(' '));
  if (options.resume !== undefined) command.push('--resume', options.resume);
  command.push(...(options.flags ?? []));
  const run = Bun.spawn(command, {
    cwd: folders.workspace,
    env: { ...claudeEnvironment(proxyUrl, folders), ...options.env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: options.timeLimitMs ?? 60_000,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  return readAnswer(stdout, stderr, exitCode);
}

function readAnswer(stdout: string, stderr: string, exitCode: number): Answer {
  const events: ClaudeEvent[] = [];
  for (const line of stdout.split('\n')) {
    if (line.trim() === '') continue;
    const event: unknown = JSON.parse(line);
    if (isRecord(event)) events.push(event);
  }
  const result = events.findLast((event) => event.type === 'result');
  if (result === undefined) {
    throw new Error(`Claude Code ended with exit code ${exitCode} and no result.\n${stdout.slice(-4000)}\n${stderr}`);
  }
  return {
    exitCode,
    text: textField(result, 'result'),
    isError: result.is_error === true,
    sessionId: textField(result, 'session_id'),
    events,
    toolResults: events.flatMap(toolResultsOf),
    stderr,
  };
}

function toolResultsOf(event: ClaudeEvent): ToolResult[] {
  const message = event.message;
  if (event.type !== 'user' || !isRecord(message) || !Array.isArray(message.content)) return [];
  const results: ToolResult[] = [];
  for (const block of message.content) {
    if (!isRecord(block) || block.type !== 'tool_result') continue;
    results.push({
      toolUseId: textField(block, 'tool_use_id'),
      isError: block.is_error === true,
      text: textOfContent(block.content),
    });
  }
  return results;
}

function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isRecord(part) ? textField(part, 'text') : '')).join('\n');
}

function textField(record: Readonly<Record<string, unknown>>, field: string): string {
  const value = record[field];
  return typeof value === 'string' ? value : '';
}
