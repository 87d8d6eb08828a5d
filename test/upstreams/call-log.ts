import type { CallEnd } from './line.ts';
import type { Received } from './loopback-server.ts';
import type { Call } from './script.ts';

/** A call that a fake has answered, as tests look at it. */
export interface RecordedCall<Body, Refusal> extends Call<Body> {
  readonly path: string;
  readonly arrivedAtMs: number;
  /** Settles when the connection is done with, and says how. */
  readonly closed: Promise<{ readonly end: CallEnd; readonly atMs: number }>;
  /** Why it was refused, if it was. */
  readonly refusal: Refusal | undefined;
}

/** The calls of one fake, in order. */
export class CallLog<Body, Refusal> {
  readonly calls: RecordedCall<Body, Refusal>[] = [];

  /** Notes a call before it is answered, and how the answering ended. */
  async note(
    { text, headers, path, arrivedAtMs }: Received,
    body: Body,
    refusal: Refusal | undefined,
    answer: (call: Call<Body>) => Promise<CallEnd>,
  ): Promise<void> {
    const call = { body, text, headers, index: this.calls.length };
    const ended = Promise.withResolvers<{ end: CallEnd; atMs: number }>();
    this.calls.push({ ...call, path, arrivedAtMs, closed: ended.promise, refusal });
    let end: CallEnd = 'cut';
    try {
      end = await answer(call);
    } finally {
      ended.resolve({ end, atMs: performance.now() });
    }
  }
}
