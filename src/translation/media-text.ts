import { ProxyError } from '../errors/proxy-error.ts';
import type { KnownBlockOf } from '../messages/types.ts';
import { closeDocument, openDocument, wrapDocument } from './block-text.ts';
import { type LossList, notKnown } from './losses.ts';

type Document = KnownBlockOf<'document'>;
type Image = KnownBlockOf<'image'>;

/** What takes up texts in their order. */
export interface TextSink {
  text(text: string): void;
}

/** The blocks of a document in their order: one text as long as all are text. */
export function writeDocumentContent(
  block: Document,
  content: Extract<Document['source'], { type: 'content' }>['content'],
  sink: TextSink,
  losses: LossList,
  path: string,
  writeImage: (image: Image, path: string) => void,
): void {
  if (typeof content === 'string') {
    sink.text(wrapDocument(block, content));
    return;
  }
  const texts = content.flatMap((inner) => (inner.type === 'text' ? [inner.text] : []));
  if (texts.length === content.length) {
    sink.text(wrapDocument(block, texts.join('\n\n')));
    return;
  }
  sink.text(openDocument(block));
  content.forEach((inner, index) => {
    if (inner.type === 'text') sink.text(inner.text);
    else if (inner.type === 'image') writeImage(inner, `${path}.${index}`);
    else omitMedium('block', notKnown, sink, losses, `${path}.${index}`);
  });
  sink.text(closeDocument);
}

/** A line of text says what was here, and the loss is listed. */
export function omitMedium(what: string, why: string, sink: TextSink, losses: LossList, path: string): void {
  sink.text(`[${what} omitted: ${why}]`);
  losses.add(path, why);
}

/** Throws: nobody but Anthropic has the file. `path` is that of its source. */
export function refuseFile(path: string): never {
  throw new ProxyError('invalid-request', `${path}.file_id: the file lies at Anthropic; send its content as base64`);
}
