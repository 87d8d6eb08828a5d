import type { Colors } from 'picocolors/types';
import type { Config } from '../config/config.ts';
import { keyVariables, missingKey } from '../config/credentials.ts';
import { isLoopback } from '../config/loopback.ts';
import { hostOf, keyVariableOf, placeOf, type ServerName, serverNames } from '../config/servers.ts';
import { vertexHost } from '../config/vertex-host.ts';
import { traitsOf } from '../models/model-traits.ts';
import { callName, type Target } from '../providers/provider.ts';
import { type PlannedTier, planTiers } from '../routing/plan-tiers.ts';
import { printable } from './printable.ts';

export interface StartFacts {
  readonly version: string;
  /** Where the server really listens. */
  readonly url: URL;
  readonly config: Config;
  readonly warnings: readonly string[];
  /** What was found of credentials for Vertex AI, where a model is there. */
  readonly vertex:
    | { readonly found: string; readonly project: string | undefined }
    | { readonly problem: string }
    | undefined;
  /** The server on this machine whose models are used because none were set. */
  readonly found: FoundModels | undefined;
  readonly platform: string;
}

export interface FoundModels {
  readonly server: ServerName;
  readonly baseUrl: string;
  readonly models: readonly { readonly id: string; readonly window?: number | undefined }[];
}

/** What a person sees when the proxy is ready: where it is, what becomes of each model, what is missing, what to do next. */
export function startTable(facts: StartFacts, paint: Colors): string {
  const { config } = facts;
  const tiers = planTiers(config);
  const open = isLoopback(config.host) ? '' : paint.yellow('   open to other machines');
  const command = claudeCommand(facts, tiers);
  const lines = [
    '',
    `  ${paint.bold('claude-code-proxy')} ${paint.dim(facts.version)}   ${paint.cyan(facts.url.origin)}${open}`,
    '',
    ...mappingRows(facts, tiers, paint),
    ...(facts.found === undefined ? hostRows(tiers, config, paint) : foundRows(facts.found, paint)),
    '',
    ...keyRows(facts, tiers, paint),
    ...vertexRow(facts, paint),
    webRow(config, paint),
    '',
    ...facts.warnings.map((warning) => `  ${paint.yellow('!')} ${printable(warning)}`),
    ...(facts.warnings.length > 0 ? [''] : []),
    '  Start Claude Code in another terminal:',
    '',
    `    ${paint.bold(paint.green(command.line))}`,
    '',
    ...command.hints.map((hint) => paint.dim(`    ${hint}`)),
    ...(command.hints.length > 0 ? [''] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same for a log that machines read. */
export function startFields(facts: StartFacts): object {
  const { config } = facts;
  const tiers = planTiers(config);
  const missing = missingKeys(facts, tiers);
  return {
    version: facts.version,
    url: facts.url.origin,
    models: Object.fromEntries(tiers.map((row) => [row.tier, targetName(row)])),
    keys: Object.fromEntries(
      keyNames(config, missing).map(({ name, isSet }) => [
        name,
        isSet ? 'set' : missing.has(name) ? 'missing' : 'not set',
      ]),
    ),
    web: { search: config.web.search?.service ?? 'off', fetch: config.web.fetch },
    ...(facts.found !== undefined && {
      found: { server: facts.found.server, at: facts.found.baseUrl, models: facts.found.models.map(({ id }) => id) },
    }),
    ...(facts.vertex !== undefined && { vertex: { location: config.upstreams.vertex.location, ...facts.vertex } }),
    claudeCode: claudeCommand(facts, tiers).line,
  };
}

function mappingRows(facts: StartFacts, tiers: readonly PlannedTier[], paint: Colors): string[] {
  const widest = Math.max(...tiers.map((row) => targetName(row).length));
  return tiers.map((row) => {
    const { route } = row.target;
    const rule = row.untouched ? ' '.repeat(12) : (route.split(' → ')[1] ?? '').padEnd(12);
    const notes = [paint.dim(rule)];
    if (isMadeOpenAi(row, facts.config)) notes.push(paint.yellow('no Gemini model, so it goes to OpenAI'));
    const said = notes.filter((note) => note !== '').join('  ');
    return `  ${row.tier.padEnd(14)}${paint.dim('→')}  ${paint.bold(targetName(row).padEnd(widest))}   ${said}`.trimEnd();
  });
}

function targetName({ target, untouched }: PlannedTier): string {
  return printable(untouched ? `${callName(target)}, as named` : `${callName(target)}/${target.model}`);
}

/** Whether a setting without a provider was taken for OpenAI's although Google is preferred. */
function isMadeOpenAi({ target, untouched }: PlannedTier, config: Config): boolean {
  if (untouched || config.preferredProvider !== 'google' || target.provider !== 'openai' || target.server) return false;
  return Object.values(config.models).some((setting) => setting?.startsWith(target.model) === true);
}

/** Where everybody's is; undefined for a server that is somewhere else for everybody, and for those on this machine. */
function usualUrl({ provider, server }: Target, config: Config): string | undefined {
  if (server !== undefined) return placeOf(server).local ? undefined : placeOf(server).baseUrl;
  switch (provider) {
    case 'openai':
      return 'https://api.openai.com/v1';
    case 'gemini':
      return 'https://generativelanguage.googleapis.com';
    case 'vertex':
      return vertexHost(config.upstreams.vertex.location);
    case 'anthropic':
      return 'https://api.anthropic.com';
  }
}

/** Where a prefix stands for another host than its vendor's, that host is worth knowing. */
function hostRows(tiers: readonly PlannedTier[], config: Config, paint: Colors): string[] {
  const targets = new Map(tiers.map(({ target }) => [callName(target), target]));
  return [...targets.values()]
    .filter((target) => target.baseUrl !== '' && usualUrl(target, config) !== target.baseUrl)
    .map((target) => paint.dim(`  ${`${callName(target)}/…`.padEnd(14)}at ${target.baseUrl}`));
}

const mostNamed = 6;

/** What was found on this machine, and how to choose otherwise. */
function foundRows({ server, baseUrl, models }: FoundModels, paint: Colors): string[] {
  const names = models.slice(0, mostNamed).map(({ id }) => printable(id));
  const more = models.length > mostNamed ? `, and ${models.length - mostNamed} more` : '';
  return [
    '',
    `  No model is set, so those of ${placeOf(server).title} at ${hostOf(baseUrl)} are used: ${names.join(', ')}${more}`,
    paint.dim(
      `  To choose, put BIG_MODEL=${server}/… and SMALL_MODEL=${server}/… into .env, or a key of another provider.`,
    ),
  ];
}

function keyRows(facts: StartFacts, tiers: readonly PlannedTier[], paint: Colors): string[] {
  const { config } = facts;
  const missing = missingKeys(facts, tiers);
  return keyNames(config, missing).map(({ name, isSet }) => {
    const label = name.padEnd(20);
    if (isSet) return `  ${label}${paint.green('set')}`;
    if (missing.has(name)) return `  ${label}${paint.red('missing')}: put ${name}=… into .env and start again`;
    if (name === keyVariables.anthropic && usesClientLogin(config, tiers)) {
      return paint.dim(`  ${label}not set: the key or login of Claude Code itself goes to Anthropic`);
    }
    if (name === 'PROXY_API_KEY' && isLoopback(config.host)) {
      return paint.dim(`  ${label}not set: every program on this machine may use the proxy`);
    }
    return paint.dim(`  ${label}not set`);
  });
}

function vertexRow({ vertex, config }: StartFacts, paint: Colors): string[] {
  if (vertex === undefined) return [];
  const label = 'Vertex AI'.padEnd(20);
  if ('problem' in vertex) return [`  ${label}${paint.red(printable(vertex.problem))}`];
  const { location } = config.upstreams.vertex;
  const project = vertex.project ?? 'of the credentials';
  return [`  ${label}${printable(`project ${project}, location ${location}; ${vertex.found}`)}`];
}

function webRow({ web }: Config, paint: Colors): string {
  const label = 'web search'.padEnd(20);
  if (web.search === undefined)
    return paint.dim(`  ${label}only for models whose vendor has one: see docs/web-tools.md`);
  return `  ${label}${paint.green(web.search.service)}, for models whose vendor has none`;
}

/** The servers by name have a row where something is set or missing; there are too many of them for all to have one. */
function keyNames(config: Config, missing: ReadonlySet<string>): { readonly name: string; readonly isSet: boolean }[] {
  const { servers } = config.upstreams;
  const keys = [
    { name: keyVariables.openai, isSet: config.upstreams.openai.apiKey !== undefined },
    { name: keyVariables.gemini, isSet: config.upstreams.gemini.apiKey !== undefined },
    { name: keyVariables.anthropic, isSet: config.upstreams.anthropic.apiKey !== undefined },
    ...serverNames
      .filter((server) => servers[server]?.apiKey !== undefined)
      .map((server) => ({ name: keyVariableOf(server), isSet: true })),
  ];
  const others = [...missing].filter((name) => !keys.some((key) => key.name === name));
  return [
    ...keys,
    ...others.map((name) => ({ name, isSet: false })),
    { name: 'PROXY_API_KEY', isSet: config.proxyApiKey !== undefined },
  ];
}

/** The variables without which a model of the mapping cannot answer. */
function missingKeys(facts: StartFacts, tiers: readonly PlannedTier[]): ReadonlySet<string> {
  const names = tiers.map(({ target }) => missingKey(target, facts.config));
  return new Set(names.filter((name) => name !== undefined));
}

/** Claude Code takes its biggest models to read this much; a smaller window has to be told. */
const assumedWindow = 1_000_000;

function claudeCommand(facts: StartFacts, tiers: readonly PlannedTier[]) {
  const { config, url } = facts;
  const host = url.hostname === '0.0.0.0' || url.hostname === '[::]' ? '127.0.0.1' : url.hostname;
  const variables: [name: string, value: string][] = [['ANTHROPIC_BASE_URL', `${url.protocol}//${host}:${url.port}`]];
  const hints: string[] = [];
  if (config.proxyApiKey !== undefined) variables.push(['ANTHROPIC_AUTH_TOKEN', '<your PROXY_API_KEY>']);
  else if (!usesClientLogin(config, tiers)) {
    hints.push('If it asks you to log in, add ANTHROPIC_AUTH_TOKEN=any-text in front of claude.');
  }

  const smallest = smallestWindow(tiers, facts.found);
  if (smallest !== undefined && smallest.tokens < assumedWindow) {
    variables.push(['CLAUDE_CODE_AUTO_COMPACT_WINDOW', String(smallest.tokens)]);
    hints.push(`The window is that of ${printable(smallest.model)}; Claude Code would fill up to a million tokens.`);
  }
  const isWindows = facts.platform === 'win32';
  const set = variables.map(([name, value]) => {
    if (isWindows) return `$env:${name}='${value}'; `;
    return value.includes('<') ? `${name}='${value}' ` : `${name}=${value} `;
  });
  return { line: `${set.join('')}claude`, hints };
}

/** Whether some model is reached with what Claude Code itself sends. */
function usesClientLogin(config: Config, tiers: readonly PlannedTier[]): boolean {
  return config.upstreams.anthropic.apiKey === undefined && tiers.some(({ target }) => target.provider === 'anthropic');
}

/** Haiku is left out: Claude Code holds no long conversation with it. */
function smallestWindow(
  tiers: readonly PlannedTier[],
  found: FoundModels | undefined,
): { tokens: number; model: string } | undefined {
  let smallest: { tokens: number; model: string } | undefined;
  for (const { tier, target, untouched } of tiers) {
    if (tier === 'Haiku' || untouched) continue;
    const traits = traitsOf(target);
    // A server on one's own machine rarely gives a model all of its window.
    const told = target.server === found?.server ? found?.models.find(({ id }) => id === target.model) : undefined;
    const tokens = told?.window ?? traits.maxInputTokens ?? traits.contextWindow;
    if (tokens !== undefined && tokens < (smallest?.tokens ?? Number.POSITIVE_INFINITY)) {
      smallest = { tokens, model: target.model };
    }
  }
  return smallest;
}
