// `npm run bench`: the proxy against a plain nginx that moves the same bytes, on this machine, now. docs/benchmarks.md says
// what is measured and how to read it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Dialect, dialects } from './answers.ts';
import { describeMachine, findNginx, requireLinux } from './machine.ts';
import { measureHeldStreams, measureSlowReader, measureSoak, measureStart } from './measure-memory.ts';
import {
  loadCore,
  measureFirstToken,
  measureScenario,
  type ScenarioResult,
  scenarios,
  subjectCore,
} from './measure-speed.ts';
import { forTerminal, type Results, tablesOf, writeDocument } from './report.ts';
import { killAll, type ProxyStart, proxyLog, startNginx, startProxy, startScript } from './subjects.ts';

const usage = `npm run bench -- [options]
  --quick          about a minute: the main cases, one or two rounds
  --write          put the numbers into docs/benchmarks.md
  --only PARTS     of: speed, first-token, start, memory (comma between)
  --case TEXT      only the speed cases whose name holds TEXT
  --proxy PATH     another checkout's src/main.ts
  --soak MINUTES   only the main load, that long, watching the memory`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string' },
    case: { type: 'string', default: '' },
    proxy: { type: 'string' },
    soak: { type: 'string' },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}

requireLinux();
const { quick } = options;
const nginxProgram = findNginx();
const machine = describeMachine(nginxProgram);
const folder = mkdtempSync(join(tmpdir(), 'claude-code-proxy-bench-'));
process.on('exit', () => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const root = resolve(import.meta.dir, '..');
const entry = resolve(options.proxy ?? join(root, 'src', 'main.ts'));
const parts = options.soak === undefined ? (options.only ?? 'speed,first-token,start,memory').split(',') : [];
const isAsked = (part: string) => parts.includes(part);
let startsMade = 0;

console.log(machine.join('\n'));

async function upstreamPort(core: number | undefined): Promise<number> {
  return Number((await startScript('upstream.ts', '', core)).line);
}

/** How to start a proxy; each has a folder of its own for its log. */
function proxyStart(
  port: number,
  { cpu, dialect = 'openai-chat' }: { cpu?: number; dialect?: Dialect } = {},
): ProxyStart {
  return { entry, folder: join(folder, `proxy-${startsMade++}`), upstreamPort: port, dialect, cpu };
}

async function speed(): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  const port = await upstreamPort(loadCore);
  for (const [index, scenario] of scenarios.entries()) {
    if (!scenario.name.includes(options.case) || (quick && options.case === '' && !scenario.inQuick)) continue;
    step(scenario.name);
    const start = proxyStart(port, { cpu: subjectCore, dialect: scenario.shape.answer.dialect });
    const proxy = await startProxy(start);
    const nginx = await startNginx(nginxProgram, join(folder, `nginx-${index}`), port, subjectCore);
    const rounds = quick
      ? { rounds: index === 0 ? 3 : 1, firstWarmUpMs: index === 0 ? 3000 : 1500, measureMs: 1200 }
      : { rounds: 3, firstWarmUpMs: 5000, measureMs: 2500 };
    results.push(await measureScenario(scenario, { proxy, nginx }, rounds));
    await Promise.all([proxy.stop(), nginx.stop()]);
    requireLog(start);
  }
  return results;
}

/** The measured proxy must have done its logging too. */
function requireLog(start: ProxyStart): void {
  const lines = readFileSync(proxyLog(start), 'utf8').split('\n');
  if (lines.length < 100)
    throw new Error(`the proxy wrote ${lines.length} log lines only: ${lines.slice(-3).join('\n')}`);
}

async function firstToken() {
  const port = await upstreamPort(undefined);
  const nginx = await startNginx(nginxProgram, join(folder, 'nginx-first'), port);
  const results = [];
  for (const dialect of quick ? (['openai-chat'] as const) : dialects) {
    const proxy = await startProxy(proxyStart(port, { dialect }));
    const targets = {
      direct: { port, path: '/v1/messages?beta=true' },
      nginx: nginx.target,
      proxy: proxy.target,
    };
    for (const kilobytes of quick ? ([80, 400] as const) : ([1, 80, 400] as const)) {
      step(`first token, ${dialect}, ${kilobytes} KB`);
      results.push(await measureFirstToken(dialect, kilobytes, quick ? 150 : 500, targets));
    }
    await proxy.stop();
  }
  await nginx.stop();
  return results;
}

async function memory() {
  const port = await upstreamPort(undefined);
  const held = [];
  for (const kilobytes of quick ? ([80] as const) : ([80, 1, 400] as const)) {
    step(`2,000 open streams, ${kilobytes} KB bodies`);
    held.push(await measureHeldStreams(proxyStart(port), kilobytes, 2000, quick ? 4000 : 8000));
  }
  step('a slow reader');
  return { held, slowReader: await measureSlowReader(proxyStart(port), quick ? 6 : 20) };
}

function step(name: string): void {
  console.log(`… ${name}`);
}

const soakMinutes = Number(options.soak ?? 0);
const results: Results = {
  machine,
  command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  rounds: quick ? 'quick: 1 to 3 rounds of 1.2 s' : 'medians of 3 rounds of 2.5 s, the order turned each round',
  start: isAsked('start') ? await measureStart(proxyStart(await upstreamPort(undefined)), quick ? 5 : 10) : undefined,
  firstToken: isAsked('first-token') ? await firstToken() : [],
  scenarios: isAsked('speed') ? await speed() : [],
  ...(isAsked('memory') ? await memory() : { held: [], slowReader: undefined }),
  soak: soakMinutes > 0 ? await measureSoak(proxyStart(await upstreamPort(undefined)), soakMinutes) : undefined,
};
for (const table of tablesOf(results)) console.log(forTerminal(table));
if (options.write) writeDocument(join(root, 'docs', 'benchmarks.md'), results);
process.exit(0);
