import type { ModelTraits } from '../models/model-traits.ts';

type ImageFormula = ModelTraits['imageTokens'];
interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const unknownImage = 1_000;

/** What a model charges for an image (source: OpenAI's guide to images); a flat guess where its size cannot be read. */
export function imageTokens(base64: string | undefined, formula: ImageFormula): number {
  const size = base64 === undefined ? undefined : imageSize(base64);
  if (size === undefined) return unknownImage;
  return formula.kind === 'tiles' ? tileTokens(size, formula) : patchTokens(size, formula);
}

/** Shrunk into 2048 × 2048, then until the short side is 768, then cut into tiles of 512. */
function tileTokens({ width, height }: ImageSize, { base, perTile }: Extract<ImageFormula, { kind: 'tiles' }>): number {
  const shrink = Math.min(1, 2_048 / Math.max(width, height));
  const scale = Math.min(shrink, 768 / Math.min(width, height));
  return base + perTile * Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}

function patchTokens(
  { width, height }: ImageSize,
  { factor, maxPatches }: Extract<ImageFormula, { kind: 'patches' }>,
): number {
  const patches = Math.ceil(width / 32) * Math.ceil(height / 32);
  return Math.ceil(Math.min(patches, maxPatches) * factor);
}

// Width and height stand in the first bytes, save in photographs that carry a preview of themselves before them.
const headCharacters = 1_024;
const deepHeadCharacters = 400_000;

function imageSize(base64: string): ImageSize | undefined {
  const head = Buffer.from(base64.slice(0, headCharacters), 'base64');
  const size = readSize(head);
  if (size !== undefined || !isJpeg(head) || base64.length <= headCharacters) return size;
  return jpegSize(Buffer.from(base64.slice(0, deepHeadCharacters), 'base64'));
}

function readSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 12) return undefined;
  if (bytes.readUInt32BE(0) === 0x89504e47)
    return bytes.length < 24 ? undefined : sized(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
  if (isJpeg(bytes)) return jpegSize(bytes);
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('GIF8')) return sized(bytes.readUInt16LE(6), bytes.readUInt16LE(8));
  if (start.startsWith('RIFF') && start.endsWith('WEBP') && bytes.length >= 30) return webpSize(bytes);
  return undefined;
}

function webpSize(bytes: Buffer): ImageSize | undefined {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return sized(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case 'VP8X':
      return sized(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1);
    default:
      return undefined;
  }
}

function isJpeg(bytes: Buffer): boolean {
  return bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** Steps from marker to marker until one of the kinds that begin a picture. */
function jpegSize(bytes: Buffer): ImageSize | undefined {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return sized(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    } else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function sized(width: number, height: number): ImageSize | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}
