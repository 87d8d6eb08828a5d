import { isRecord } from '../json.ts';
import type { Block } from './messages-body.ts';
import { expected, invalid, type Refusal, unknownTag } from './refusal.ts';

/** Media type → the bytes such an image begins with. */
const imageBeginnings: Readonly<Record<string, RegExp>> = {
  'image/jpeg': /^\xff\xd8\xff/,
  'image/png': /^\x89PNG/,
  'image/gif': /^GIF8/,
  'image/webp': /^RIFF[\s\S]{4}WEBP/,
};
const maxImageBytes = 5 * 1024 * 1024;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** What is wrong with the picture or document of a block. */
export function mediaRefusal(block: Block, path: string): Refusal | undefined {
  if (block.type !== 'image' && block.type !== 'document') return;
  const { source } = block;
  const where = `${path}.source`;
  if (!isRecord(source)) return invalid(`${where}: Input should be a valid dictionary`);
  const kinds = block.type === 'image' ? ['base64', 'url', 'file'] : ['base64', 'text', 'content', 'url', 'file'];
  if (!kinds.includes(String(source.type))) return unknownTag(where, String(source.type), kinds);
  if (source.type !== 'base64') return;
  const { media_type: mediaType, data } = source;
  if (typeof data !== 'string' || data === '' || data.length % 4 !== 0 || !base64.test(data)) {
    return invalid(`${where}.base64.data: Invalid base64 data`);
  }
  if (block.type === 'document') {
    if (mediaType !== 'application/pdf') return expected(`${where}.base64.media_type`, ['application/pdf']);
    return atob(data.slice(0, 8)).startsWith('%PDF')
      ? undefined
      : invalid(`${where}.base64: The PDF specified was not valid.`);
  }
  const beginning = imageBeginnings[String(mediaType)];
  if (beginning === undefined) return expected(`${where}.base64.media_type`, Object.keys(imageBeginnings));
  const bytes = (data.length / 4) * 3;
  if (bytes > maxImageBytes) {
    return invalid(`${where}.base64: image exceeds 5 MB maximum: ${bytes} bytes > ${maxImageBytes} bytes`);
  }
  if (beginning.test(atob(data.slice(0, 64)))) return;
  return invalid(
    `${where}.base64.data: The image was specified using the ${String(mediaType)} media type, but does not appear to be one`,
  );
}
