// `bun bench/profile.ts [--case TEXT] [--seconds N] [--proxy PATH]`: where the proxy's processor time goes under load, by thread
// and by function. The whole profile, for Chrome's developer tools too, stays in the folder it names at the end.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadTask, SaturateResult } from './load.ts';
import { requireLinux } from './machine.ts';
import { loadCore, scenarios, subjectCore } from './measure-speed.ts';
import { threadCpuMs } from './process-tree.ts';
import { killAll, runScript, startProxy, startScript } from './subjects.ts';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: '' },
    seconds: { type: 'string', default: '6' },
    proxy: { type: 'string', default: join(import.meta.dir, '..', 'src', 'main.ts') },
  },
});

requireLinux();
process.on('exit', killAll);
const scenario = scenarios.find(({ name }) => name.includes(options.case)) ?? scenarios[0];
const folder = mkdtempSync(join(tmpdir(), 'claude-code-proxy-profile-'));
const upstream = await startScript('upstream.ts', '', loadCore);
const proxy = await startProxy({
  entry: resolve(options.proxy),
  folder,
  upstreamPort: Number(upstream.line),
  dialect: scenario.shape.answer.dialect,
  cpu: subjectCore,
  bunFlags: ['--cpu-prof', '--cpu-prof-md', `--cpu-prof-dir=${folder}`],
});
const task: LoadTask = {
  kind: 'saturate',
  target: proxy.target,
  subjectPid: proxy.child.pid,
  shape: scenario.shape,
  connections: scenario.connections,
  warmUpMs: 1000,
  measureMs: Number(options.seconds) * 1000,
};
const { requests, cpuMs, wallMs } = await runScript<SaturateResult>('load.ts', task, loadCore);
console.log(
  `${scenario.name}: ${(cpuMs / requests).toFixed(3)} ms of processor time per request while profiled, ` +
    `${Math.round((requests * 1000) / wallMs)} requests a second`,
);
console.log('\nProcessor time by thread, from the start on:');
for (const { name, ms } of threadCpuMs(proxy.child.pid)) if (ms >= 10) console.log(`  ${name.padEnd(16)} ${ms} ms`);

// The profile is written at a regular end only.
proxy.child.kill('SIGTERM');
await Promise.race([proxy.child.exited, Bun.sleep(15_000)]);
const summary = readdirSync(folder).find((name) => name.endsWith('.md'));
if (summary === undefined) throw new Error('Bun has written no profile: the proxy did not end at SIGTERM');
const text = readFileSync(join(folder, summary), 'utf8');
console.log(`\n${text.slice(text.indexOf('## Hot Functions')).split('\n').slice(0, 34).join('\n')}\n\n${folder}`);
process.exit(0);
