import type { ReplyWriter } from '../play-reply.ts';
import type { AnswerChunks } from './chunks.ts';

/** An answer as server-sent events, without names and without a last one that says so. */
export function eventFrames(chunks: AnswerChunks): ReplyWriter {
  const frame = (data: unknown) => `data: ${JSON.stringify(data)}\r\n\r\n`;
  return {
    write: (step) => (step.type === 'stream-error' ? [frame(step.body)] : chunks.write(step).map(frame)),
    close: () => chunks.close().map(frame),
  };
}

/** An answer as one JSON list that comes item by item. */
export function listFrames(chunks: AnswerChunks): ReplyWriter {
  let items = 0;
  const item = (data: unknown) => {
    items += 1;
    return `${items === 1 ? '[' : ',\r\n'}${JSON.stringify(data, null, 2)}`;
  };
  return {
    write: (step) => (step.type === 'stream-error' ? [item(step.body), ']'] : chunks.write(step).map(item)),
    close: () => [...chunks.close().map(item), items === 0 ? '[]' : '\r\n]\r\n'],
  };
}
