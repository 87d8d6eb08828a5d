import type { Bitmap } from './pdfium.ts';

const headerLength = 54;
const quality = 80;

/** A drawn page as a JPEG in base64. The same page gives the same bytes. */
export async function pageImage({ width, height, bgra }: Bitmap): Promise<string> {
  // BMP is the one uncompressed form that Bun reads, and holds its pixels as PDFium draws them.
  const bmp = Buffer.alloc(headerLength + bgra.length);
  bmp.write('BM', 'latin1');
  bmp.writeUInt32LE(bmp.length, 2);
  bmp.writeUInt32LE(headerLength, 10);
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(width, 18);
  // Less than zero: rows from the top.
  bmp.writeInt32LE(-height, 22);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(32, 28);
  bmp.writeUInt32LE(bgra.length, 34);
  bmp.set(bgra, headerLength);
  const jpeg = await new Bun.Image(bmp).jpeg({ quality }).buffer();
  return jpeg.toString('base64');
}
