import { expect, test } from 'bun:test';
import { imageTokens } from './image-tokens.ts';

const tiles = { kind: 'tiles', base: 85, perTile: 170 } as const;
const patches = { kind: 'patches', factor: 1.62, maxPatches: 1_536 } as const;

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(200);
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function jpeg(width: number, height: number, previewBytes: number): Buffer {
  const preview = Buffer.alloc(previewBytes + 4, 0x11);
  preview.writeUInt16BE(0xffe1, 0);
  preview.writeUInt16BE(previewBytes + 2, 2);
  const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0, 0, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), preview, frame]);
}

function gif(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write('GIF89a', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write(`RIFF\0\0\0\0WEBP${kind}`, 'latin1');
  if (kind === 'VP8 ') {
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height, 28);
  } else if (kind === 'VP8L') {
    bytes[20] = 0x2f;
    bytes.writeUInt32LE((width - 1) | ((height - 1) << 14), 21);
  } else {
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  }
  return bytes;
}

test.each([
  ['PNG', png(512, 513)],
  ['JPEG', jpeg(512, 513, 20)],
  ['JPEG with a large preview of itself', jpeg(512, 513, 60_000)],
  ['GIF', gif(512, 513)],
  ['WebP, lossy', webp('VP8 ', 512, 513)],
  ['WebP, lossless', webp('VP8L', 512, 513)],
  ['WebP, extended', webp('VP8X', 512, 513)],
])('the size of a %s is read from its first bytes', (_name, bytes) => {
  expect(imageTokens(bytes.toString('base64'), tiles)).toBe(85 + 2 * 170);
});

test.each([
  [100, 100, 255],
  [1_024, 1_024, 765],
  [2_048, 4_096, 1_105],
  [4_000, 300, 85 + 4 * 170],
])('%p × %p in tiles costs %p', (width, height, tokens) => {
  expect(imageTokens(png(width, height).toString('base64'), tiles)).toBe(tokens);
});

test.each([
  [32, 32, 2],
  [1_024, 1_024, 1_659],
  [4_000, 4_000, 2_489],
])('%p × %p in patches costs %p', (width, height, tokens) => {
  expect(imageTokens(png(width, height).toString('base64'), patches)).toBe(tokens);
});

test.each([
  ['no data', undefined],
  ['an empty one', ''],
  ['no image', Buffer.from('just a text that is long enough to look at').toString('base64')],
  ['a JPEG cut short', jpeg(512, 512, 2_000).subarray(0, 900).toString('base64')],
  ['a PNG cut short', png(512, 512).subarray(0, 14).toString('base64')],
])('%s costs the flat guess', (_name, base64) => {
  expect(imageTokens(base64, tiles)).toBe(1_000);
});
