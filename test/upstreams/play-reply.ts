import { type CallEnd, cutLine, finishBody, type Line, send, sendJson } from './line.ts';
import type { Reply, Step } from './script.ts';

/** Turns the steps of one answer into the frames of its stream, in one vendor's shapes. */
export interface ReplyWriter {
  /** The frames of one step; none for a step that only says something about the end. */
  write(step: Step): readonly (string | Uint8Array)[];
  /** What ends an answer that was not cut short. */
  close(): readonly string[];
}

/** Puts a reply on the wire as a stream. Settles when all is written or the connection is gone. */
export async function playStream(reply: Reply, writer: ReplyWriter, line: Line, paceMs: number): Promise<CallEnd> {
  for (const step of reply) {
    if (!(await waited(step, line))) return 'client-left';
    if (step.type === 'fail') return sendFailure(step, line);
    const frames = step.type === 'raw' ? [step.bytes] : writer.write(step);
    for (const frame of frames) {
      if (!(await send(frame, line))) return 'client-left';
      if (paceMs > 0) await Promise.race([Bun.sleep(paceMs), line.gone]);
    }
    if (step.type === 'cut') return cutLine(line);
    if (step.type === 'end' || step.type === 'stream-error') return finishBody(line);
  }
  for (const frame of writer.close()) {
    if (!(await send(frame, line))) return 'client-left';
  }
  return finishBody(line);
}

/** The same reply in one body, which `whole` makes when all waiting is over. */
export async function playWhole(reply: Reply, whole: () => unknown, line: Line): Promise<CallEnd> {
  for (const step of reply) {
    if (!(await waited(step, line))) return 'client-left';
    if (step.type === 'fail') return sendFailure(step, line);
    if (step.type === 'stream-error') return sendJson(500, step.body, {}, line);
    if (step.type === 'cut') return cutLine(line);
  }
  return sendJson(200, whole(), {}, line);
}

/** One server-sent event. */
export function sseFrame(data: unknown, event?: string): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  return `${name}data: ${JSON.stringify(data)}\n\n`;
}

async function waited(step: Step, line: Line): Promise<boolean> {
  if (step.type === 'wait') await Promise.race([step.until, line.gone]);
  else if (step.type === 'pause') await Promise.race([Bun.sleep(step.ms), line.gone]);
  return !line.response.destroyed;
}

function sendFailure(step: Extract<Step, { type: 'fail' }>, line: Line): Promise<CallEnd> {
  return sendJson(step.status, step.body, step.headers, line);
}
