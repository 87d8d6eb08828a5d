import { ProxyError } from '../../errors/proxy-error.ts';
import type { KnownBlockOf } from '../../messages/types.ts';
import { closeDocument, openDocument, wrapDocument } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { Part } from './wire.ts';

/** What takes up the pieces of a message in their order. */
export interface PieceSink {
  text(text: string): void;
  media(part: Part): void;
}

type Image = KnownBlockOf<'image'>;
type Document = KnownBlockOf<'document'>;

/** The images that Gemini reads (source: Google's guide to images); there is no GIF among them. */
const imageTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif']);

/** An image as a part; where none can be sent, a line of text that says so, and a loss. */
export function writeImage({ source }: Image, sink: PieceSink, translation: Translation, path: string): void {
  switch (source.type) {
    case 'base64': {
      const type: string = source.media_type;
      const mimeType = type === 'image/jpg' ? 'image/jpeg' : type;
      if (imageTypes.has(mimeType)) sink.media({ inlineData: { mimeType, data: source.data } });
      else omit('image', `Gemini reads no ${mimeType}`, sink, translation, path);
      return;
    }
    case 'url':
      writeAddress('image', source.url, imageTypeOf(source.url), sink, translation, path);
      return;
    case 'file':
      refuseFile(`${path}.source`);
      break;
    default:
      omit('image', notKnown, sink, translation, path);
  }
}

/** A document: text as wrapped text, a PDF as a part. */
export function writeDocument(block: Document, sink: PieceSink, translation: Translation, path: string): void {
  const { source } = block;
  switch (source.type) {
    case 'text':
      sink.text(wrapDocument(block, source.data));
      return;
    case 'content':
      writeContent(block, source.content, sink, translation, `${path}.source.content`);
      return;
    case 'base64': {
      const mimeType: string = source.media_type;
      if (!translation.model.documents) {
        omit('document', 'this model reads no PDF files', sink, translation, path);
      } else if (mimeType !== 'application/pdf') {
        omit('document', `Gemini reads no ${mimeType}`, sink, translation, path);
      } else {
        wrapped(block, sink, () => sink.media({ inlineData: { mimeType, data: source.data } }));
      }
      return;
    }
    case 'url':
      wrapped(block, sink, () => writeAddress('document', source.url, 'application/pdf', sink, translation, path));
      return;
    case 'file':
      refuseFile(`${path}.source`);
      break;
    default:
      omit('document', notKnown, sink, translation, path);
  }
}

/**
 * Google fetches public addresses itself (source: its pages on file input methods and on Vertex AI's `fileData`). Those of
 * Cloud Storage it would read with the account of the proxy, so a client could read what that account may: they stay text.
 */
function writeAddress(
  what: string,
  url: string,
  mimeType: string,
  sink: PieceSink,
  translation: Translation,
  path: string,
): void {
  const isRefused = lastRepair(translation, 'addresses-as-text') !== undefined;
  if (!isRefused && isFetched(url, translation)) {
    sink.media({ fileData: { fileUri: url, mimeType } });
    return;
  }
  sink.text(`[${what} at ${url}]`);
  const why = isRefused ? 'Gemini could not fetch what the conversation names' : 'Gemini does not fetch it';
  translation.losses.add(path, `${why}; only the address is sent`);
}

function isFetched(url: string, { platform, model }: Translation): boolean {
  return platform === 'vertex' ? /^https?:\/\//i.test(url) : model.fetchesAddresses && /^https:\/\//i.test(url);
}

/** `fileData` must name a type, and an address tells it by its ending at best. */
function imageTypeOf(url: string): string {
  const ending = /\.(png|webp|heic|heif)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase();
  return `image/${ending ?? 'jpeg'}`;
}

/** The title and context of a document have no field: they stand around it. */
function wrapped(block: Document, sink: PieceSink, write: () => void): void {
  const isNamed = Boolean(block.title) || Boolean(block.context);
  if (isNamed) sink.text(openDocument(block));
  write();
  if (isNamed) sink.text(closeDocument);
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
    else omit('block', notKnown, sink, translation, `${path}.${index}`);
  });
  sink.text(closeDocument);
}

function omit(what: string, why: string, sink: PieceSink, { losses }: Translation, path: string): void {
  sink.text(`[${what} omitted: ${why}]`);
  losses.add(path, why);
}

function refuseFile(path: string): never {
  throw new ProxyError('invalid-request', `${path}.file_id: the file lies at Anthropic; send its content as base64`);
}
