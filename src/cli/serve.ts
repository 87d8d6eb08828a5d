import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import picocolors from 'picocolors';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { createLog } from '../observe/log.ts';
import { requestHeading } from '../observe/request-line.ts';
import { type StartFacts, startFields, startTable } from '../observe/start-table.ts';
import { providerFor, reaches } from '../providers/registry.ts';
import { type ProxyServer, startServer } from '../server/server.ts';
import { TokenCounter } from '../tokens/token-counter.ts';
import { outliveFaults } from './faults.ts';
import type { CommandIo } from './io.ts';
import { untilStopped } from './stop-signals.ts';

/** `claude-code-proxy serve`: reads the configuration and serves until it is told to stop. */
export async function run(io: CommandIo): Promise<number> {
  const file = readDotenv(io.directory);
  if ('problem' in file) return refuse([file.problem], io);
  const loaded = loadConfig({ env: io.env, dotenv: file.text, terminal: io.terminal });
  if ('problems' in loaded) return refuse(loaded.problems, io);
  return serve(loaded.config, loaded.warnings, io);
}

/** Wires everything together. `announce` replaces the table at the start. */
export async function serve(
  config: Config,
  warnings: readonly string[],
  io: CommandIo,
  announce: (facts: StartFacts) => string | undefined = () => undefined,
): Promise<number> {
  const log = createLog(config.log, io.out, { colour: io.colour, columns: io.columns });
  const counter = new TokenCounter();
  let server: ProxyServer;
  try {
    server = startServer({ config, log, counter, registry: providerFor });
  } catch (error) {
    counter.close();
    const problem = listenProblem(error, config);
    if (problem === undefined) throw error;
    return refuse([problem], io);
  }
  outliveFaults(log);

  const facts = { version: packageJson.version, url: server.url, config, warnings, reaches, platform: io.platform };
  if (config.log.format === 'pretty') {
    const paint = picocolors.createColors(io.colour);
    io.out(announce(facts) ?? startTable(facts, paint));
    io.out(`${requestHeading(io.columns() ?? 120, paint)}\n`);
  } else {
    log.info('listening', startFields(facts));
    for (const warning of warnings) log.warn(warning);
  }

  const code = await untilStopped(server, log, {
    graceMs: 10_000,
    echoMs: 300,
    terminal: io.terminal,
    breakLine: () => io.out(io.terminal ? '\n' : ''),
  });
  counter.close();
  return code;
}

function readDotenv(directory: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(join(directory, '.env'), 'utf8') };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { text: '' } : { problem: `.env cannot be read (${code ?? 'unknown error'})` };
  }
}

function listenProblem(error: unknown, { host, port }: Config): string | undefined {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `PORT ${port} is taken on ${host}, perhaps by another claude-code-proxy: stop that one, or set PORT to another number`;
    case 'EACCES':
      return `PORT ${port} is not allowed to you: set PORT to a number from 1024 up`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${host} is no address of this machine: set HOST to 127.0.0.1`;
    default:
      return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function refuse(problems: readonly string[], io: CommandIo): number {
  io.complain(`claude-code-proxy cannot start:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  return 1;
}
