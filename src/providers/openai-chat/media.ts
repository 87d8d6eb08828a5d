import type { KnownBlockOf } from '../../messages/types.ts';
import { wrapDocument } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import { omitMedium, refuseFile, type TextSink, writeDocumentContent } from '../../translation/media-text.ts';
import type { Translation } from '../openai/translation.ts';
import type { MediaPart } from './wire.ts';

/** What takes up the pieces of a message in their order. */
export interface PieceSink extends TextSink {
  media(part: MediaPart): void;
}

type Image = KnownBlockOf<'image'>;
type Document = KnownBlockOf<'document'>;

/** An image as a part; where none can be sent, a line of text that says so, and a loss. */
export function writeImage(block: Image, sink: PieceSink, translation: Translation, path: string): void {
  const { dialect, traits, losses } = translation;
  const { source } = block;
  if (source.type === 'file') refuseFile(`${path}.source`);
  if (source.type !== 'base64' && source.type !== 'url') {
    omitMedium('image', notKnown, sink, losses, path);
  } else if (!traits.images || dialect.images === 'none') {
    omitMedium('image', 'this model cannot see images', sink, losses, path);
  } else if (
    source.type === 'base64' &&
    dialect.images === 'png-jpeg' &&
    !/^image\/(?:png|jpe?g)$/.test(source.media_type)
  ) {
    omitMedium('image', `this server takes no ${source.media_type}`, sink, losses, path);
  } else {
    const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
    sink.media({ type: 'image_url', image_url: dialect.imageDetail ? { url, detail: 'auto' } : { url } });
  }
}

/** A document: text as wrapped text, a PDF as a file where the server takes files. */
export function writeDocument(block: Document, sink: PieceSink, translation: Translation, path: string): void {
  const { dialect, traits, losses } = translation;
  const { source } = block;
  switch (source.type) {
    case 'text':
      sink.text(wrapDocument(block, source.data));
      return;
    case 'content':
      writeDocumentContent(block, source.content, sink, losses, `${path}.source.content`, (image, place) =>
        writeImage(image, sink, translation, place),
      );
      return;
    case 'base64':
      if (!dialect.files || !traits.files) {
        omitMedium('document', 'this server or model reads no PDF files', sink, losses, path);
        return;
      }
      if (block.context) sink.text(block.context);
      sink.media({
        type: 'file',
        file: { filename: fileName(block.title), file_data: `data:${source.media_type};base64,${source.data}` },
      });
      return;
    case 'url':
      sink.text(`[document at ${source.url}]`);
      losses.add(path, 'Chat Completions fetches no documents; only the address is sent');
      return;
    case 'file':
      refuseFile(`${path}.source`);
      break;
    default:
      omitMedium('document', notKnown, sink, losses, path);
  }
}

/** The server wants a name, and tells by it what kind of file it is. */
function fileName(title: string | null | undefined): string {
  if (!title) return 'document.pdf';
  return /\.pdf$/i.test(title) ? title : `${title}.pdf`;
}
