import picocolors from 'picocolors';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { createLog, type Log } from '../observe/log.ts';
import { requestHeading } from '../observe/request-line.ts';
import { type StartFacts, startFields, startTable } from '../observe/start-table.ts';
import { providerFor } from '../providers/registry.ts';
import { planTiers } from '../routing/plan-tiers.ts';
import { type ProxyServer, startServer } from '../server/server.ts';
import { TokenCounter } from '../tokens/token-counter.ts';
import { surveyCredentials } from '../upstream/google-credential-source.ts';
import { GoogleCredentials } from '../upstream/google-credentials.ts';
import { openWeb } from '../web/open-web.ts';
import { outliveFaults } from './faults.ts';
import type { CommandIo } from './io.ts';
import { readDotenv, readerIn } from './read-settings.ts';
import { untilStopped } from './stop-signals.ts';

/** `claude-code-proxy serve`: reads the configuration and serves until it is told to stop. */
export async function run(io: CommandIo): Promise<number> {
  const file = readDotenv(io.directory);
  if ('problem' in file) return refuse([file.problem], io);
  const loaded = loadConfig({
    env: io.env,
    dotenv: file.text,
    terminal: io.terminal,
    readFile: readerIn(io.directory),
  });
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
  const credentials = new GoogleCredentials(config.upstreams.vertex);
  let server: ProxyServer;
  try {
    const web = openWeb(config.web, { warn: (message) => log.warn(message) });
    server = startServer({ config, log, counter, credentials, registry: providerFor, web });
  } catch (error) {
    counter.close();
    const problem = listenProblem(error, config);
    if (problem === undefined) throw error;
    return refuse([problem], io);
  }
  outliveFaults(log);

  const vertex = usesVertex(config) ? surveyCredentials(config.upstreams.vertex) : undefined;
  const facts = { version: packageJson.version, url: server.url, config, warnings, vertex, platform: io.platform };
  if (config.log.format === 'pretty') {
    const paint = picocolors.createColors(io.colour);
    io.out(announce(facts) ?? startTable(facts, paint));
    io.out(`${requestHeading(io.columns() ?? 120, paint)}\n`);
  } else {
    log.info('listening', startFields(facts));
    for (const warning of warnings) log.warn(warning);
    if (vertex !== undefined && 'problem' in vertex) log.warn(vertex.problem);
  }
  const stopped = new AbortController();
  if (vertex !== undefined && 'found' in vertex) void warnWithoutCredentials(credentials, log, stopped.signal);

  const code = await untilStopped(server, log, {
    graceMs: 10_000,
    echoMs: 300,
    terminal: io.terminal,
    breakLine: () => io.out(io.terminal ? '\n' : ''),
  });
  stopped.abort();
  counter.close();
  return code;
}

function usesVertex(config: Config): boolean {
  return config.upstreams.vertex.enabled || planTiers(config).some(({ target }) => target.provider === 'vertex');
}

/** Whether the credentials are good shows only over the network, and the start does not wait for that. */
async function warnWithoutCredentials(credentials: GoogleCredentials, log: Log, signal: AbortSignal): Promise<void> {
  const problem = await credentials.check(signal);
  if (problem !== undefined) log.warn(problem);
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
