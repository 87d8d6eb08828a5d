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
import { credentialsOf } from '../upstream/all-credentials.ts';
import type { FoundServer } from '../upstream/find-local-server.ts';
import { surveyCredentials } from '../upstream/google-credential-source.ts';
import { GoogleCredentials } from '../upstream/google-credentials.ts';
import { LearnedRepairs } from '../upstream/learned-repairs.ts';
import { LocalWindows } from '../upstream/local-windows.ts';
import { openWeb } from '../web/open-web.ts';
import { outliveFaults } from './faults.ts';
import type { CommandIo } from './io.ts';
import { lookForModels } from './look-for-models.ts';
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
  const looked = await lookForModels(loaded.config);
  if ('problem' in looked) return refuse([looked.problem], io);
  return serve(looked.config, [...loaded.warnings, ...looked.warnings], io, { found: looked.found });
}

interface ServeOptions {
  /** Replaces the table at the start. */
  readonly announce?: (facts: StartFacts) => string;
  /** The server whose models are used because none were set. */
  readonly found?: FoundServer | undefined;
}

/** Wires everything together. */
export async function serve(
  config: Config,
  warnings: readonly string[],
  io: CommandIo,
  { announce, found }: ServeOptions = {},
): Promise<number> {
  const plainLog = createLog(config.log, io.out, { colour: io.colour, columns: io.columns });
  const learned = new LearnedRepairs();
  const targets = planTiers(config).map(({ target }) => target);
  const windows = new LocalWindows(targets, { learned, warn: (message) => plainLog.warn(message) });
  const log: Log = {
    ...plainLog,
    request(record) {
      plainLog.request(record);
      // A server of the user's own may know its window only now that the model is in memory.
      if (record.outcome === 'answered') void windows.ask();
    },
  };
  const counter = new TokenCounter();
  const credentials = new GoogleCredentials(config.upstreams.vertex);
  let server: ProxyServer;
  try {
    const web = openWeb(config.web, { warn: (message) => log.warn(message) });
    server = startServer({
      config,
      log,
      counter,
      credentials: credentialsOf(config, credentials),
      registry: providerFor,
      web,
      learned,
    });
  } catch (error) {
    counter.close();
    const problem = listenProblem(error, config);
    if (problem === undefined) throw error;
    return refuse([problem], io);
  }
  outliveFaults(log);

  const vertex = usesVertex(config) ? surveyCredentials(config.upstreams.vertex) : undefined;
  const facts = {
    version: packageJson.version,
    url: server.url,
    config,
    warnings,
    vertex,
    found,
    platform: io.platform,
  };
  if (config.log.format === 'pretty') {
    const paint = picocolors.createColors(io.colour);
    io.out(announce?.(facts) ?? startTable(facts, paint));
    io.out(`${requestHeading(io.columns() ?? 120, paint)}\n`);
  } else {
    log.info('listening', startFields(facts));
    for (const warning of warnings) log.warn(warning);
    if (vertex !== undefined && 'problem' in vertex) log.warn(vertex.problem);
  }
  const stopped = new AbortController();
  void windows.ask();
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
