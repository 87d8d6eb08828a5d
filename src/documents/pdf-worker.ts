// The worker behind PdfReader: PDFium takes a tenth of a second to load and a long document seconds to draw, and what goes
// wrong in it, in time or in memory, ends with this thread.

import type { PdfAnswer, PdfQuestion } from './pdf-reader.ts';
import { loadPdfium } from './pdfium.ts';
import { readPdf } from './read-pdf.ts';

declare const self: Worker;

const maxMemory = 512 * 1024 * 1024;

const loading = loadPdfium(maxMemory);

self.onmessage = async ({ data }: MessageEvent<PdfQuestion>) => {
  self.postMessage(await answer(data));
};

async function answer({ base64, images }: PdfQuestion): Promise<PdfAnswer> {
  const pdfium = await loading;
  try {
    return { reading: await readPdf(pdfium, Buffer.from(base64, 'base64'), { images }), isSpent: false };
  } catch {
    // Out of memory or led astray: what state it has left behind nobody knows.
    return { reading: { problem: 'broken' }, isSpent: true };
  }
}
