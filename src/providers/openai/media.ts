import type { KnownBlockOf } from '../../messages/types.ts';
import { wrapDocument } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import { omitMedium, refuseFile, writeDocumentContent } from '../../translation/media-text.ts';
import type { PieceList } from './pieces.ts';
import { lastRepair, type Translation } from './translation.ts';

type Image = KnownBlockOf<'image'>;
type Document = KnownBlockOf<'document'>;

/** An image as a piece; where none can be sent, a line of text that says so, and a loss. */
export function writeImage(block: Image, list: PieceList, translation: Translation, path: string): void {
  const { dialect, traits, losses } = translation;
  const { source } = block;
  if (source.type === 'file') refuseFile(`${path}.source`);
  if (source.type !== 'base64' && source.type !== 'url') {
    omitMedium('image', notKnown, list, losses, path);
  } else if (!traits.images || dialect.images === 'none') {
    omitMedium('image', 'this model cannot see images', list, losses, path);
  } else if (translation.olderImages.has(block)) {
    omitMedium('image', `this server takes ${dialect.maxImages} images, and later ones are there`, list, losses, path);
  } else if (
    source.type === 'base64' &&
    dialect.images === 'png-jpeg' &&
    !/^image\/(?:png|jpe?g)$/.test(source.media_type)
  ) {
    omitMedium('image', `this server takes no ${source.media_type}`, list, losses, path);
  } else if (source.type === 'url' && lastRepair(translation, 'addresses-as-text') !== undefined) {
    writeAddress('image', source.url, couldNotFetch, list, translation, path);
  } else {
    const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
    list.medium({ kind: 'image', url });
  }
}

/** A document: text as wrapped text, a PDF as a file where the server takes files. */
export function writeDocument(block: Document, list: PieceList, translation: Translation, path: string): void {
  const { dialect, traits, losses, api } = translation;
  const { source } = block;
  const takesFiles = dialect.files && traits.files;
  switch (source.type) {
    case 'text':
      list.text(wrapDocument(block, source.data));
      return;
    case 'content':
      writeDocumentContent(block, source.content, list, losses, `${path}.source.content`, (image, place) =>
        writeImage(image, list, translation, place),
      );
      return;
    case 'base64':
      if (!takesFiles) {
        omitMedium('document', 'this server or model reads no PDF files', list, losses, path);
        return;
      }
      if (block.context) list.text(block.context);
      list.medium({
        kind: 'file',
        name: fileName(block.title),
        data: `data:${source.media_type};base64,${source.data}`,
      });
      return;
    case 'url':
      if (api === 'chat') {
        writeAddress('document', source.url, 'Chat Completions fetches no documents', list, translation, path);
      } else if (!takesFiles) {
        writeAddress('document', source.url, 'this server or model reads no PDF files', list, translation, path);
      } else if (lastRepair(translation, 'addresses-as-text') !== undefined) {
        writeAddress('document', source.url, couldNotFetch, list, translation, path);
      } else {
        if (block.context) list.text(block.context);
        list.medium({ kind: 'file-address', url: source.url });
        if (block.title) losses.add(`${path}.title`, 'a file that is fetched keeps its own name');
      }
      return;
    case 'file':
      refuseFile(`${path}.source`);
      break;
    default:
      omitMedium('document', notKnown, list, losses, path);
  }
}

const couldNotFetch = 'the server could not fetch it';

function writeAddress(
  what: string,
  url: string,
  why: string,
  list: PieceList,
  { losses }: Translation,
  path: string,
): void {
  list.text(`[${what} at ${url}]`);
  losses.add(path, `${why}; only the address is sent`);
}

function fileName(title: string | null | undefined): string {
  if (!title) return 'document.pdf';
  return /\.pdf$/i.test(title) ? title : `${title}.pdf`;
}
