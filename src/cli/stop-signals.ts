import { constants } from 'node:os';
import type { Log } from '../observe/log.ts';

/** The part of the server that stopping it needs. */
export interface Stoppable {
  activeStreams(): number;
  shutdown(graceMs: number): Promise<void>;
  stopNow(): Promise<void>;
}

export interface StopOptions {
  /** How long open streams may go on after the first signal. */
  readonly graceMs: number;
  /** One Ctrl-C can arrive twice, from the terminal and again from npm or the launcher. */
  readonly echoMs: number;
  readonly terminal: boolean;
  /** Begins a new line where the terminal shows `^C`. */
  readonly breakLine: () => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof signals)[number];

/**
 * Waits for a signal to stop, then for the open streams; a second signal ends them. Gives the exit code: 0 after an
 * orderly end, 128 and the signal's number after a hurried one.
 */
export function untilStopped(server: Stoppable, log: Log, options: StopOptions): Promise<number> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;

    const end = (code: number) => {
      for (const signal of signals) process.off(signal, onSignal);
      resolve(code);
    };
    const onSignal = (signal: StopSignal) => {
      const nowMs = performance.now();
      if (signal === 'SIGINT') options.breakLine();
      if (firstAtMs === undefined) {
        firstAtMs = nowMs;
        finish(signal).then(end, (error: unknown) => {
          log.error('could not stop in order', { error });
          end(1);
        });
      } else if (nowMs - firstAtMs > options.echoMs) {
        log.warn(`stopped at once; ${streams(server.activeStreams())} cut`);
        const code = 128 + constants.signals[signal];
        server.stopNow().then(
          () => end(code),
          () => end(code),
        );
      }
    };
    const finish = async (signal: StopSignal) => {
      const open = server.activeStreams();
      const seconds = Math.round(options.graceMs / 1000);
      const again = signal === 'SIGINT' && options.terminal ? ' (Ctrl-C again ends them now)' : '';
      log.info(open === 0 ? 'stopping' : `stopping; ${streams(open)} may go on for up to ${seconds} s${again}`);
      await server.shutdown(options.graceMs);
      log.info('stopped');
      return 0;
    };
    for (const signal of signals) process.on(signal, onSignal);
  });
}

function streams(count: number): string {
  return count === 1 ? '1 open stream' : `${count} open streams`;
}
