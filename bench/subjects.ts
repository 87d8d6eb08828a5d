import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subprocess } from 'bun';
import type { Dialect } from './answers.ts';
import type { LoadTarget } from './load.ts';
import { treeOf } from './process-tree.ts';

/** A running thing to measure. */
export interface Subject {
  readonly name: string;
  readonly child: Subprocess;
  readonly target: LoadTarget;
  stop(): Promise<void>;
}

const benchFolder = import.meta.dir;
const bun = process.execPath;
const running = new Set<Subprocess>();

/** Whatever happens, no process of ours outlives us. */
export function killAll(): void {
  for (const child of running) killTree(child);
}

/** `cpu`: the only core it may use; without it, any. */
export function spawn(
  command: readonly string[],
  options: { cpu?: number | undefined; env?: Record<string, string>; cwd?: string; output?: string },
): Subprocess<'pipe', 'pipe' | number, number | 'inherit'> {
  // Thousands of streams need twice as many descriptors; the soft limit is often 1,024.
  const raised = ['sh', '-c', 'ulimit -n 8192 2>/dev/null; exec "$@"', 'sh', ...command];
  const pinned = options.cpu === undefined ? raised : ['taskset', '-c', String(options.cpu), ...raised];
  const file = options.output === undefined ? undefined : openSync(options.output, 'a');
  const child = Bun.spawn(pinned, {
    stdin: 'pipe',
    stdout: file ?? 'pipe',
    stderr: file ?? 'inherit',
    ...(options.env === undefined
      ? {}
      : { env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...options.env } }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  running.add(child);
  child.exited.then(
    () => running.delete(child),
    () => running.delete(child),
  );
  return child;
}

/** Runs a script of this folder until its first line of output and returns that; the script goes on. */
export async function startScript(name: string, argument: string, cpu: number | undefined) {
  const child = spawn([bun, join(benchFolder, name), argument], { cpu });
  return { child, line: await firstLine(child) };
}

/** Runs a script of this folder to its end and returns what it printed. */
export async function runScript<T>(name: string, argument: unknown, cpu: number | undefined): Promise<T> {
  const { child, line } = await startScript(name, JSON.stringify(argument), cpu);
  await stop(child);
  return JSON.parse(line);
}

async function firstLine(child: Subprocess): Promise<string> {
  const { stdout } = child;
  let text = '';
  if (stdout instanceof ReadableStream) {
    const decoder = new TextDecoder();
    for await (const bytes of stdout) {
      text += decoder.decode(bytes);
      if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
    }
  }
  throw new Error('a process of the benchmark ended without a result; its own message stands above');
}

export async function stop(child: Subprocess): Promise<void> {
  killTree(child);
  await child.exited;
}

function killTree(child: Subprocess): void {
  if (child.exitCode !== null) return;
  for (const pid of treeOf(child.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
}

export interface ProxyStart {
  /** `src/main.ts` of this checkout or of another one. */
  readonly entry: string;
  readonly folder: string;
  readonly upstreamPort: number;
  readonly dialect: Dialect;
  readonly cpu?: number | undefined;
  readonly bunFlags?: readonly string[];
}

/** The proxy as a user starts it, in a folder without `.env`, its log going to a file as JSON lines. */
export function spawnProxy(start: ProxyStart, port: number): Subprocess {
  const { entry, folder, cpu, bunFlags = [] } = start;
  mkdirSync(folder, { recursive: true });
  const env = { ...upstreamSettings(start), PORT: String(port) };
  return spawn([bun, ...bunFlags, entry], { cpu, env, cwd: folder, output: proxyLog(start) });
}

function upstreamSettings({ dialect, upstreamPort }: ProxyStart): Record<string, string> {
  const url = `http://127.0.0.1:${upstreamPort}`;
  const openai = { OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: `${url}/v1`, OPENAI_PROFILE: 'openai' };
  switch (dialect) {
    case 'openai-chat':
      return { ...openai, OPENAI_API: 'chat' };
    case 'openai-responses':
      return { ...openai, OPENAI_API: 'responses', BIG_MODEL: 'gpt-5.4' };
    case 'gemini':
      return { PREFERRED_PROVIDER: 'google', GEMINI_API_KEY: 'bench', GEMINI_BASE_URL: url };
    case 'anthropic':
      return { PREFERRED_PROVIDER: 'anthropic', ANTHROPIC_API_KEY: 'bench', ANTHROPIC_UPSTREAM_URL: url };
  }
}

export function proxyLog(start: ProxyStart): string {
  return join(start.folder, 'proxy.log');
}

export async function startProxy(start: ProxyStart): Promise<Subject> {
  const port = freePort();
  const child = spawnProxy(start, port);
  await listening(port, child, proxyLog(start));
  return { name: 'proxy', child, target: { port, path: '/v1/messages?beta=true' }, stop: () => stop(child) };
}

/**
 * Plain nginx with what streams need and nothing that slows it: one worker, kept connections on both sides, bodies held in
 * memory, answers not buffered, its access log on as ours is.
 */
export async function startNginx(
  program: string,
  folder: string,
  upstreamPort: number,
  cpu?: number,
): Promise<Subject> {
  mkdirSync(folder, { recursive: true });
  const port = freePort();
  const config = join(folder, 'nginx.conf');
  writeFileSync(
    config,
    `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 8192; }
http {
  access_log ${folder}/access.log;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  scgi_temp_path ${folder}/scgi;
  uwsgi_temp_path ${folder}/uwsgi;
  client_max_body_size 32m;
  client_body_buffer_size 1m;
  keepalive_requests 1000000;
  upstream bench { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`,
  );
  const child = spawn([program, '-e', join(folder, 'error.log'), '-c', config], {
    cpu,
    output: join(folder, 'nginx.log'),
  });
  await listening(port, child, join(folder, 'nginx.log'));
  const target = { port, path: '/v1/messages?beta=true' };
  return {
    name: 'nginx',
    child,
    target,
    stop: () => stop(child),
  };
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

export async function canConnect(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data: () => undefined } });
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

async function listening(port: number, child: Subprocess, log: string): Promise<void> {
  for (const giveUpAt = performance.now() + 10_000; performance.now() < giveUpAt; await Bun.sleep(5)) {
    if (await canConnect(port)) return;
    if (child.exitCode !== null) break;
  }
  throw new Error(`what should be measured did not start; it said:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}
