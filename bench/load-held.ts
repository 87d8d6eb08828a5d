// The load of the memory measurements, a process of its own: `bun bench/load-held.ts '<HeldTask as JSON>'` prints one line when
// its streams stand, and keeps them until its stdin ends.
import type { BodyKilobytes } from './bodies.ts';
import { httpRequest } from './bodies.ts';
import { HttpConnection } from './http-connection.ts';
import type { LoadTarget } from './load.ts';

export type HeldTask =
  | {
      readonly kind: 'hold';
      readonly target: LoadTarget;
      readonly kilobytes: BodyKilobytes;
      readonly streams: number;
      /** Streams that do not show a first token by then are counted as stalled. */
      readonly limitMs: number;
    }
  | {
      readonly kind: 'read-slowly';
      readonly target: LoadTarget;
      readonly megabytes: number;
      readonly bytesPerSecond: number;
    };

export interface HeldResult {
  /** Streams that showed their first token; for a slow reader 1. */
  readonly standing: number;
}

const openAtOnce = 32;

async function hold(task: Extract<HeldTask, { kind: 'hold' }>): Promise<HeldResult> {
  const answer = { dialect: 'openai-chat', mode: 'hold', count: 40 } as const;
  const bytes = httpRequest(task.target.port, task.target.path, { kilobytes: task.kilobytes, stream: true, answer });
  let standing = 0;
  let next = 0;
  const opener = async () => {
    while (next++ < task.streams) {
      const connection = await HttpConnection.open(task.target.port);
      await new Promise<void>((shown) => {
        const onFirstToken = () => {
          standing += 1;
          shown();
        };
        connection.request(bytes, { onFirstToken }).catch(() => shown());
      });
    }
  };
  const all = Promise.all(Array.from({ length: openAtOnce }, opener));
  await Promise.race([all, Bun.sleep(task.limitMs)]);
  return { standing };
}

async function readSlowly(task: Extract<HeldTask, { kind: 'read-slowly' }>): Promise<HeldResult> {
  const { port, path } = task.target;
  const answer = { dialect: 'openai-chat', mode: 'flood', count: task.megabytes } as const;
  const bytes = httpRequest(port, path, { kilobytes: 1, stream: true, answer });
  const { promise, resolve } = Promise.withResolvers<HeldResult>();
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(open, read) {
        // One read takes what the kernel has; the pause after it makes the average what was asked for.
        open.pause();
        setTimeout(() => open.resume(), (read.length / task.bytesPerSecond) * 1000);
        resolve({ standing: 1 });
      },
      close: () => resolve({ standing: 0 }),
    },
  });
  socket.write(bytes);
  return promise;
}

if (import.meta.main) {
  const task: HeldTask = JSON.parse(process.argv[2] ?? '');
  const result = task.kind === 'hold' ? await hold(task) : await readSlowly(task);
  console.log(JSON.stringify(result));
  process.stdin.on('end', () => process.exit(0)).resume();
}
