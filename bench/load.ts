// The load of the timed measurements, a process of its own: `bun bench/load.ts '<LoadTask as JSON>'` prints one result.
import type { Dialect } from './answers.ts';
import type { BodyKilobytes, RequestShape } from './bodies.ts';
import { httpRequest } from './bodies.ts';
import { isExact, looksWhole } from './check-answer.ts';
import { type HttpAnswer, HttpConnection } from './http-connection.ts';
import { treeCpuMs } from './process-tree.ts';
import { median } from './statistics.ts';

export interface LoadTarget {
  readonly port: number;
  readonly path: string;
}

export type LoadTask =
  | {
      readonly kind: 'saturate';
      readonly target: LoadTarget;
      /** Whose processor time is counted, with everything below it. */
      readonly subjectPid: number;
      readonly shape: RequestShape;
      readonly connections: number;
      readonly warmUpMs: number;
      readonly measureMs: number;
    }
  | {
      readonly kind: 'take-turns';
      readonly targets: readonly LoadTarget[];
      readonly dialect: Dialect;
      readonly kilobytes: BodyKilobytes;
      readonly turns: number;
    };

export interface SaturateResult {
  /** Not always whole. */
  readonly requests: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Median time to the first token of each target, in the order of the task's targets. */
export interface TakeTurnsResult {
  readonly firstTokenMs: readonly number[];
}

const deepCheckEvery = 64;
const thinkMs = 2;

async function saturate(task: Extract<LoadTask, { kind: 'saturate' }>): Promise<SaturateResult> {
  const { shape, target } = task;
  const bytes = httpRequest(target.port, target.path, shape);
  const connections = await Promise.all(
    Array.from({ length: task.connections }, () => HttpConnection.open(target.port)),
  );
  const received = () => connections.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
  let stopped = false;
  let answered = 0;

  const keepBusy = async (connection: HttpConnection) => {
    while (!stopped) {
      const answer = await connection.request(bytes, { keepBody: answered % deepCheckEvery === 0 });
      check(answer, shape);
      answered += 1;
    }
  };
  const over = Promise.all(connections.map(keepBusy));
  await Promise.race([over, Bun.sleep(task.warmUpMs)]);
  const receivedBefore = received();
  const cpuBefore = treeCpuMs(task.subjectPid);
  const startedAt = performance.now();
  await Promise.race([over, Bun.sleep(task.measureMs)]);
  const cpuMs = treeCpuMs(task.subjectPid) - cpuBefore;
  const wallMs = performance.now() - startedAt;
  const receivedBytes = received() - receivedBefore;
  stopped = true;
  await over;
  // Answers under way at either end count by the part of them that came in between.
  return { requests: (receivedBytes * answered) / received(), cpuMs, wallMs };
}

/** One request at a time, each target in its turn: what differs between the medians is what stands in between. */
async function takeTurns(task: Extract<LoadTask, { kind: 'take-turns' }>): Promise<TakeTurnsResult> {
  const { dialect, kilobytes } = task;
  const shape = { kilobytes, stream: true, answer: { dialect, mode: 'first', count: 20 } } as const;
  const lanes = await Promise.all(
    task.targets.map(async ({ port, path }) => ({
      connection: await HttpConnection.open(port),
      bytes: httpRequest(port, path, shape),
      times: [] as number[],
    })),
  );
  const warmUpTurns = Math.min(100, task.turns);
  for (let turn = -warmUpTurns; turn < task.turns; turn++) {
    for (const { connection, bytes, times } of lanes) {
      const answer = await connection.request(bytes, { keepBody: turn === 0 });
      check(answer, shape);
      if (turn >= 0) times.push(answer.firstTokenMs ?? Number.NaN);
      await Bun.sleep(thinkMs);
    }
  }
  for (const { connection } of lanes) connection.close();
  return { firstTokenMs: lanes.map(({ times }) => median(times)) };
}

/** A benchmark of wrong answers measures nothing. */
function check(answer: HttpAnswer, shape: RequestShape): void {
  const right = looksWhole(answer, shape.stream) && (answer.body === undefined || isExact(answer.body, shape));
  if (!right) throw new Error(`a wrong or incomplete answer, status ${answer.status}: …${answer.rawTail}`);
}

if (import.meta.main) {
  const task: LoadTask = JSON.parse(process.argv[2] ?? '');
  const result = task.kind === 'saturate' ? await saturate(task) : await takeTurns(task);
  console.log(JSON.stringify(result));
  process.exit(0);
}
