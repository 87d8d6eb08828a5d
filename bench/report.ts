import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Dialect } from './answers.ts';
import type { HeldStreams, SlowReader, Soak, StartTime } from './measure-memory.ts';
import type { FirstTokenResult, ScenarioResult } from './measure-speed.ts';
import { median } from './statistics.ts';

export interface Results {
  readonly machine: readonly string[];
  readonly command: string;
  readonly rounds: string;
  readonly scenarios: readonly ScenarioResult[];
  readonly firstToken: readonly FirstTokenResult[];
  readonly start: StartTime | undefined;
  readonly held: readonly HeldStreams[];
  readonly slowReader: SlowReader | undefined;
  readonly soak: Soak | undefined;
}

interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tablesOf(results: Results): Table[] {
  const tables = [
    targets(results),
    speed(results),
    firstToken(results),
    start(results),
    memory(results),
    soak(results),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function targets({ scenarios, firstToken, start, held, slowReader }: Results): Table {
  const named = (name: string) => scenarios.find(({ scenario }) => scenario.name === name);
  const main = named('80 KB, stream of 500 events');
  const ofOpenAi = firstToken.filter(({ dialect }) => dialect === 'openai-chat');
  const first = (kilobytes: number) => ofOpenAi.find((row) => row.kilobytes === kilobytes)?.proxyAddsMs;
  const streams = held.find(({ kilobytes }) => kilobytes === 80);
  const rows = [
    atMost(
      'processor time per request, 80 KB and 500 events, in units of nginx',
      main?.ratio,
      5,
      (n) => `${n.toFixed(1)} ×`,
    ),
    atMost(
      'processor time per request passed through to Anthropic, 400 KB and 500 events, in units of nginx',
      named('Anthropic: 400 KB, stream of 500 events')?.ratio,
      2,
      (n) => `${n.toFixed(1)} ×`,
    ),
    atLeast('requests a second on one core, 80 KB and 500 events', main?.proxy.requestsPerSecond, 800, whole),
    atMost('added time to the first token, 80 KB, p50', first(80), 1, milliseconds),
    atMost('added time to the first token, 400 KB, p50', first(400), 4, milliseconds),
    atMost('memory idle (RSS)', held[0]?.idle.rssMegabytes, 70, megabytes),
    atLeast('streams that stand open at once', streams?.standing, 2000, whole),
    atMost(
      'memory per open stream, 2,000 open, 80 KB bodies',
      streams?.kilobytesPerStream,
      40,
      (n) => `${n.toFixed(0)} KB`,
    ),
    atMost('start to listening', start?.listeningMs, 150, milliseconds),
    atMost(
      'memory growth while a slow client reads from a fast upstream',
      slowReader && slowReader.peak.rssMegabytes - slowReader.before.rssMegabytes,
      30,
      megabytes,
    ),
  ];
  return { title: 'Targets', head: ['what', 'target', 'measured', ''], rows: rows.filter((row) => row !== undefined) };
}

type Format = (value: number) => string;

function atMost(what: string, value: number | undefined, limit: number, format: Format): string[] | undefined {
  if (value === undefined) return undefined;
  const missed = `missed by ${(((value - limit) / limit) * 100).toFixed(0)} %`;
  return [what, `≤ ${format(limit).replace(/\.0+(?= )/, '')}`, format(value), value <= limit ? 'met' : missed];
}

function atLeast(what: string, value: number | undefined, limit: number, format: Format): string[] | undefined {
  if (value === undefined) return undefined;
  const missed = `missed by ${(((limit - value) / limit) * 100).toFixed(0)} %`;
  return [what, `≥ ${format(limit)}`, format(value), value >= limit ? 'met' : missed];
}

function speed({ scenarios }: Results): Table {
  const rate = (speed: { requestsPerSecond: number; busy: number }) =>
    `${speed.busy < 0.95 ? '> ' : ''}${whole(speed.requestsPerSecond)}`;
  return {
    title: 'Processor time per request and requests a second on one core',
    head: ['request and answer', 'proxy', 'nginx', 'ratio', 'proxy req/s', 'nginx req/s'],
    rows: scenarios.map(({ scenario, proxy, nginx, ratio }) => [
      scenario.name,
      `${proxy.cpuMsPerRequest.toFixed(3)} ms`,
      `${nginx.cpuMsPerRequest.toFixed(3)} ms`,
      `${ratio.toFixed(1)} ×`,
      rate(proxy),
      rate(nginx),
    ]),
  };
}

/** As in the names of the speed cases. */
const namePrefix: Readonly<Record<Dialect, string>> = {
  'openai-chat': '',
  'openai-responses': 'Responses: ',
  gemini: 'Gemini: ',
  anthropic: 'Anthropic: ',
};

function firstToken({ firstToken }: Results): Table {
  return {
    title: 'Time to the first token, one request at a time, p50',
    head: ['body', 'upstream alone', 'nginx adds', 'proxy adds'],
    rows: firstToken.map((row) => [
      `${namePrefix[row.dialect]}${row.kilobytes} KB`,
      milliseconds(row.directMs),
      milliseconds(row.nginxAddsMs),
      milliseconds(row.proxyAddsMs),
    ]),
  };
}

function start({ start }: Results): Table {
  const rows = start && [[`${start.starts}`, milliseconds(start.listeningMs), milliseconds(start.answeringMs)]];
  return { title: 'Start, median', head: ['starts', 'to listening', 'to the first answer'], rows: rows ?? [] };
}

function memory({ held, slowReader }: Results): Table {
  const rows = held.map((row) => [
    `${row.standing} of ${row.streams} streams open, ${row.kilobytes} KB bodies`,
    `${megabytes(row.idle.rssMegabytes)} (${megabytes(row.idle.pssMegabytes)})`,
    megabytes(row.peak.rssMegabytes),
    megabytes(row.settled.rssMegabytes),
    megabytes(row.closed.rssMegabytes),
  ]);
  if (slowReader !== undefined) {
    const taken = `1 client reading 1 KB/s of ${slowReader.megabytes} MB for ${slowReader.seconds} s; ${megabytes(slowReader.takenMegabytes)} left the upstream`;
    rows.push([taken, megabytes(slowReader.before.rssMegabytes), megabytes(slowReader.peak.rssMegabytes), '', '']);
  }
  return { title: 'Memory of the process, RSS (PSS)', head: ['', 'before', 'peak', 'settled', 'after closing'], rows };
}

function soak({ soak }: Results): Table {
  const head = ['minutes', 'requests', 'first quarter', 'last quarter', 'peak'];
  if (soak === undefined) return { title: '', head, rows: [] };
  const quarter = Math.max(1, Math.floor(soak.samples.length / 4));
  const row = [
    String(soak.minutes),
    whole(soak.requests),
    megabytes(median(soak.samples.slice(0, quarter))),
    megabytes(median(soak.samples.slice(-quarter))),
    megabytes(Math.max(...soak.samples)),
  ];
  return { title: 'Memory under lasting load, RSS', head, rows: [row] };
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function megabytes(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} MB`;
}

export function forTerminal({ title, head, rows }: Table): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ');
  return [`\n${title}`, line(head), ...rows.map(line)].join('\n');
}

function forMarkdown({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`### ${title}\n`, line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const begin = '<!-- written by npm run bench -- --write: begin -->';
const end = '<!-- end -->';

/** Replaces the numbers in the document and leaves what people wrote around them. */
export function writeDocument(path: string, results: Results): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : `# Benchmarks\n\n${begin}\n${end}\n`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${path} has lost the marks between which the numbers stand`);
  const measured = [
    `Measured on ${new Date().toISOString().slice(0, 10)} by \`${results.command}\` (${results.rounds}).\n`,
    ...results.machine.map((fact) => `- ${fact}`),
    '',
    ...tablesOf(results).map((table) => `${forMarkdown(table)}\n`),
  ];
  writeFileSync(path, `${text.slice(0, from)}${begin}\n\n${measured.join('\n')}\n${text.slice(to)}`);
}
