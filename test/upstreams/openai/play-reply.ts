import type { ServerResponse } from 'node:http';
import type { Reply, Step } from '../script.ts';
import { ChunkWriter, type Envelope, wholeCompletion } from './chunks.ts';

/** How an answer ended, seen from the upstream. */
export type CallEnd = 'answered' | 'cut' | 'client-left';

/** The client's side of one exchange: where to write, and a promise that settles when the connection is gone. */
export interface Line {
  readonly response: ServerResponse;
  readonly gone: Promise<unknown>;
}

/** Puts a reply on the wire as a stream. Settles when all is written or the connection is gone. */
export async function playStream(reply: Reply, envelope: Envelope, line: Line, paceMs: number): Promise<CallEnd> {
  const writer = new ChunkWriter(envelope);
  for (const step of reply) {
    if (!(await waited(step, line))) return 'client-left';
    if (step.type === 'fail') return sendFailure(step, line);
    const frames = framesOf(step, writer);
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

/** The same reply for a call without `stream`. */
export async function playWhole(reply: Reply, envelope: Envelope, line: Line): Promise<CallEnd> {
  for (const step of reply) {
    if (!(await waited(step, line))) return 'client-left';
    if (step.type === 'fail') return sendFailure(step, line);
    if (step.type === 'stream-error') return sendJson(500, step.body, {}, line);
    if (step.type === 'cut') return cutLine(line);
  }
  return sendJson(200, wholeCompletion(reply, envelope), {}, line);
}

/** An answer in one piece. */
export async function sendJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  line: Line,
): Promise<CallEnd> {
  const isText = typeof body === 'string';
  line.response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
  if (!(await send(isText ? body : JSON.stringify(body), line))) return 'client-left';
  return finishBody(line);
}

function framesOf(step: Step, writer: ChunkWriter): readonly (string | Uint8Array)[] {
  if (step.type === 'raw') return [step.bytes];
  if (step.type !== 'stream-error') return writer.write(step);
  const name = step.eventName === undefined ? '' : `event: ${step.eventName}\n`;
  return [`${name}data: ${JSON.stringify(step.body)}\n\n`];
}

async function waited(step: Step, line: Line): Promise<boolean> {
  if (step.type === 'wait') await Promise.race([step.until, line.gone]);
  else if (step.type === 'pause') await Promise.race([Bun.sleep(step.ms), line.gone]);
  return !line.response.destroyed;
}

function sendFailure(step: Extract<Step, { type: 'fail' }>, line: Line): Promise<CallEnd> {
  return sendJson(step.status, step.body, step.headers, line);
}

/** Waits for the bytes to leave, so that what a script says before a cut really arrives, and a slow reader slows us. */
async function send(bytes: string | Uint8Array, line: Line): Promise<boolean> {
  const { response } = line;
  if (response.destroyed) return false;
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  if (bytes.length === 0) response.flushHeaders();
  else await Promise.race([new Promise<void>((resolve) => response.write(bytes, () => resolve())), line.gone]);
  return !response.destroyed;
}

/** Clients drop what they have not read yet when a reset follows at once, so give them the time to read it. */
async function cutLine(line: Line): Promise<CallEnd> {
  await Promise.race([Bun.sleep(20), line.gone]);
  line.response.socket?.destroy();
  return 'cut';
}

async function finishBody(line: Line): Promise<CallEnd> {
  const { response } = line;
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.end();
  await line.gone;
  return response.writableFinished ? 'answered' : 'client-left';
}
