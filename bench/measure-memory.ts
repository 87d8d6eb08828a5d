import type { BodyKilobytes } from './bodies.ts';
import type { LoadTask, SaturateResult } from './load.ts';
import type { HeldResult, HeldTask } from './load-held.ts';
import { type Memory, treeMemory } from './process-tree.ts';
import { median } from './statistics.ts';
import {
  canConnect,
  freePort,
  type ProxyStart,
  runScript,
  spawnProxy,
  startProxy,
  startScript,
  stop,
} from './subjects.ts';

export interface HeldStreams {
  readonly kilobytes: BodyKilobytes;
  readonly streams: number;
  /** How many of them really showed a first token. */
  readonly standing: number;
  readonly idle: Memory;
  readonly peak: Memory;
  readonly settled: Memory;
  readonly closed: Memory;
  readonly kilobytesPerStream: number;
}

/** A fresh proxy, idle; then with many streams that have begun and now wait for their upstream; then without them. */
export async function measureHeldStreams(
  start: ProxyStart,
  kilobytes: BodyKilobytes,
  streams: number,
  settleMs: number,
): Promise<HeldStreams> {
  const proxy = await startProxy(start);
  await Bun.sleep(2000);
  const idle = treeMemory(proxy.child.pid);
  const task: HeldTask = { kind: 'hold', target: proxy.target, kilobytes, streams, limitMs: 20_000 };
  const opened = startScript('load-held.ts', JSON.stringify(task), undefined);
  let peak = idle;
  let isOpen = false;
  const watch = async () => {
    for (; !isOpen; await Bun.sleep(250)) peak = larger(peak, treeMemory(proxy.child.pid));
  };
  const watching = watch();
  const { child, line } = await opened;
  isOpen = true;
  await watching;
  const { standing }: HeldResult = JSON.parse(line);
  await Bun.sleep(settleMs);
  const settled = treeMemory(proxy.child.pid);
  await stop(child);
  await Bun.sleep(settleMs);
  const closed = treeMemory(proxy.child.pid);
  await proxy.stop();
  const kilobytesPerStream = ((settled.rssMegabytes - idle.rssMegabytes) * 1024) / standing;
  return { kilobytes, streams, standing, idle, peak: larger(peak, settled), settled, closed, kilobytesPerStream };
}

export interface SlowReader {
  readonly megabytes: number;
  readonly seconds: number;
  readonly before: Memory;
  readonly peak: Memory;
  /** What the upstream could get rid of: all that lies in buffers anywhere on the way. */
  readonly takenMegabytes: number;
}

/** One client that reads 1 KB a second of an upstream that has 200 MB ready. */
export async function measureSlowReader(start: ProxyStart, seconds: number): Promise<SlowReader> {
  const megabytes = 200;
  const proxy = await startProxy(start);
  const warmUp: LoadTask = {
    kind: 'saturate',
    target: proxy.target,
    subjectPid: proxy.child.pid,
    shape: { kilobytes: 1, stream: true, answer: { dialect: 'openai-chat', mode: 'burst', count: 500 } },
    connections: 4,
    warmUpMs: 0,
    measureMs: 500,
  };
  await runScript<SaturateResult>('load.ts', warmUp, undefined);
  const before = treeMemory(proxy.child.pid);
  const takenBefore = await bytesTaken(start.upstreamPort);
  const task: HeldTask = { kind: 'read-slowly', target: proxy.target, megabytes, bytesPerSecond: 1024 };
  const { child } = await startScript('load-held.ts', JSON.stringify(task), undefined);
  let peak = before;
  for (let step = 0; step < seconds * 4; step++) {
    await Bun.sleep(250);
    peak = larger(peak, treeMemory(proxy.child.pid));
  }
  const takenMegabytes = ((await bytesTaken(start.upstreamPort)) - takenBefore) / 2 ** 20;
  await stop(child);
  await proxy.stop();
  return { megabytes, seconds, before, peak, takenMegabytes };
}

async function bytesTaken(upstreamPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${upstreamPort}/bench/stats`);
  const stats: { bytesTaken: number } = JSON.parse(await answer.text());
  return stats.bytesTaken;
}

export interface Soak {
  readonly minutes: number;
  readonly requests: number;
  /** Resident megabytes, one sample every ten seconds. */
  readonly samples: readonly number[];
}

/** The main scenario's load for a long time: does the memory stay flat? */
export async function measureSoak(start: ProxyStart, minutes: number): Promise<Soak> {
  const proxy = await startProxy(start);
  const samples: number[] = [];
  let requests = 0;
  for (const end = performance.now() + minutes * 60_000; performance.now() < end; ) {
    const task: LoadTask = {
      kind: 'saturate',
      target: proxy.target,
      subjectPid: proxy.child.pid,
      shape: { kilobytes: 80, stream: true, answer: { dialect: 'openai-chat', mode: 'burst', count: 500 } },
      connections: 32,
      warmUpMs: 0,
      measureMs: 10_000,
    };
    requests += (await runScript<SaturateResult>('load.ts', task, undefined)).requests;
    samples.push(treeMemory(proxy.child.pid).rssMegabytes);
  }
  await proxy.stop();
  return { minutes, requests, samples };
}

export interface StartTime {
  readonly starts: number;
  readonly listeningMs: number;
  readonly answeringMs: number;
}

/** From the process's start to the first connection it takes, and to its first answer. */
export async function measureStart(start: ProxyStart, starts: number): Promise<StartTime> {
  const listening: number[] = [];
  const answering: number[] = [];
  for (let count = 0; count < starts; count++) {
    const port = freePort();
    const startedAt = performance.now();
    const child = spawnProxy(start, port);
    while (!(await canConnect(port))) {
      if (child.exitCode !== null) throw new Error('the proxy ended at start');
      await Bun.sleep(1);
    }
    listening.push(performance.now() - startedAt);
    await (await fetch(`http://127.0.0.1:${port}/health`)).text();
    answering.push(performance.now() - startedAt);
    await stop(child);
  }
  return { starts, listeningMs: median(listening), answeringMs: median(answering) };
}

function larger(one: Memory, other: Memory): Memory {
  return one.rssMegabytes > other.rssMegabytes ? one : other;
}
