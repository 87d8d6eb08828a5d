import { ProxyError } from '../../errors/proxy-error.ts';
import type { KnownBlockOf } from '../../messages/types.ts';
import { closeDocument, openDocument, wrapDocument } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import type { Translation } from './translation.ts';
import type { MediaPart } from './wire.ts';

/** What takes up the pieces of a message in their order. */
export interface PieceSink {
  text(text: string): void;
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
    omit(sink, translation, path, 'image', notKnown);
  } else if (!traits.images || dialect.images === 'none') {
    sink.text('[image omitted: this model cannot see images]');
    losses.add(path, 'this model cannot see images');
  } else if (
    source.type === 'base64' &&
    dialect.images === 'png-jpeg' &&
    !/^image\/(?:png|jpe?g)$/.test(source.media_type)
  ) {
    omit(sink, translation, path, 'image', `this server takes no ${source.media_type}`);
  } else {
    const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
    sink.media({ type: 'image_url', image_url: dialect.imageDetail ? { url, detail: 'auto' } : { url } });
  }
}

/** A document: text as wrapped text, a PDF as a file where the server takes files. */
export function writeDocument(block: Document, sink: PieceSink, translation: Translation, path: string): void {
  const { dialect, traits } = translation;
  const { source } = block;
  switch (source.type) {
    case 'text':
      sink.text(wrapDocument(block, source.data));
      return;
    case 'content':
      writeContent(block, source.content, sink, translation, `${path}.source.content`);
      return;
    case 'base64':
      if (!dialect.files || !traits.files) {
        omit(sink, translation, path, 'document', 'this server or model reads no PDF files');
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
      translation.losses.add(path, 'Chat Completions fetches no documents; only the address is sent');
      return;
    case 'file':
      refuseFile(`${path}.source`);
      break;
    default:
      omit(sink, translation, path, 'document', notKnown);
  }
}

type Content = Extract<Document['source'], { type: 'content' }>['content'];

/** The blocks of a document in their order: one text as long as all are text. */
function writeContent(
  block: Document,
  content: Content,
  sink: PieceSink,
  translation: Translation,
  path: string,
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
    else if (inner.type === 'image') writeImage(inner, sink, translation, `${path}.${index}`);
    else omit(sink, translation, `${path}.${index}`, 'block', notKnown);
  });
  sink.text(closeDocument);
}

export function writeSearchResult(
  block: KnownBlockOf<'search_result'>,
  sink: PieceSink,
  { losses }: Translation,
  path: string,
): void {
  sink.text(searchResultWords(block, losses, path));
}

/** The server wants a name, and tells by it what kind of file it is. */
function fileName(title: string | null | undefined): string {
  if (!title) return 'document.pdf';
  return /\.pdf$/i.test(title) ? title : `${title}.pdf`;
}

function omit(sink: PieceSink, { losses }: Translation, path: string, what: string, why: string): void {
  sink.text(`[${what} omitted: ${why}]`);
  losses.add(path, why);
}

function refuseFile(path: string): never {
  throw new ProxyError('invalid-request', `${path}.file_id: the file lies at Anthropic; send its content as base64`);
}
