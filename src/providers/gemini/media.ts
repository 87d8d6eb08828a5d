import type { KnownBlockOf } from '../../messages/types.ts';
import { closeDocument, openDocument, wrapDocument } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import { omitMedium, refuseFile, type TextSink, writeDocumentContent } from '../../translation/media-text.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { Part } from './wire.ts';

/** What takes up the pieces of a message in their order. */
export interface PieceSink extends TextSink {
  media(part: Part): void;
}

type Image = KnownBlockOf<'image'>;
type Document = KnownBlockOf<'document'>;

/** The images that Gemini reads (source: Google's guide to images); there is no GIF among them. */
const imageTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif']);

/** An image as a part; where none can be sent, a line of text that says so, and a loss. */
export function writeImage({ source }: Image, sink: PieceSink, translation: Translation, path: string): void {
  const { losses } = translation;
  switch (source.type) {
    case 'base64': {
      const type: string = source.media_type;
      const mimeType = type === 'image/jpg' ? 'image/jpeg' : type;
      if (imageTypes.has(mimeType)) sink.media({ inlineData: { mimeType, data: source.data } });
      else omitMedium('image', `Gemini reads no ${mimeType}`, sink, losses, path);
      return;
    }
    case 'url':
      writeAddress('image', source.url, imageTypeOf(source.url), sink, translation, path);
      return;
    case 'file':
      refuseFile(`${path}.source`);
      break;
    default:
      omitMedium('image', notKnown, sink, losses, path);
  }
}

/** A document: text as wrapped text, a PDF as a part. */
export function writeDocument(block: Document, sink: PieceSink, translation: Translation, path: string): void {
  const { source } = block;
  const { losses } = translation;
  switch (source.type) {
    case 'text':
      sink.text(wrapDocument(block, source.data));
      return;
    case 'content':
      writeDocumentContent(block, source.content, sink, losses, `${path}.source.content`, (image, place) =>
        writeImage(image, sink, translation, place),
      );
      return;
    case 'base64': {
      const mimeType: string = source.media_type;
      if (!translation.model.documents) {
        omitMedium('document', 'this model reads no PDF files', sink, losses, path);
      } else if (mimeType !== 'application/pdf') {
        omitMedium('document', `Gemini reads no ${mimeType}`, sink, losses, path);
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
      omitMedium('document', notKnown, sink, losses, path);
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
