import type { PDFiumModule } from '@hyzyla/pdfium';

type Pdfium = Awaited<ReturnType<typeof PDFiumModule>>;

/** The values of PDFium's public headers that are used here (source: fpdfview.h). */
const passwordError = 4;
const securityError = 5;
const bgra = 4;
const bytesPerPixel = 4;
const drawAnnotations = 0x01;
const limitImageCache = 0x200;
const opaqueWhite = 0xffffffff;

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, blue first; rows from the top. */
  readonly bgra: Uint8Array;
}

/** Thrown by `openPdf`. */
export class CannotOpenPdf extends Error {
  readonly problem: 'encrypted' | 'broken';

  constructor(problem: 'encrypted' | 'broken') {
    super(problem);
    this.name = 'CannotOpenPdf';
    this.problem = problem;
  }
}

/**
 * PDFium, with no more memory than `maxBytes`. It takes what a document asks for, and a small file can ask for gigabytes.
 * The limit is set on every memory of this thread: only for a worker of its own.
 */
export async function loadPdfium(maxBytes: number): Promise<Pdfium> {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > maxBytes) throw new RangeError('no more memory for this document');
    return grow.call(this, pages);
  };
  // The package's own wrapper closes a page only when it has drawn it.
  const { PDFiumModule: load } = await import('@hyzyla/pdfium');
  // What it prints on its way is for its own developers.
  const quiet = {
    locateFile: () => import.meta.resolve('@hyzyla/pdfium/pdfium.wasm'),
    print: () => undefined,
    printErr: () => undefined,
  };
  const pdfium = await load(quiet);
  pdfium._FPDF_InitLibraryWithConfig({});
  return pdfium;
}

/** Opens a document without a password. Throws CannotOpenPdf, and whatever PDFium fails with when it runs out of memory. */
export function openPdf(pdfium: Pdfium, bytes: Uint8Array): PdfDocument {
  const start = allocate(pdfium, bytes.length);
  pdfium.HEAPU8.set(bytes, start);
  const handle = pdfium._FPDF_LoadMemDocument(start, bytes.length, 0);
  if (handle !== 0) return new PdfDocument(pdfium, handle, start);
  const error = pdfium._FPDF_GetLastError();
  pdfium.wasmExports.free(start);
  throw new CannotOpenPdf(error === passwordError || error === securityError ? 'encrypted' : 'broken');
}

export class PdfDocument {
  readonly #pdfium: Pdfium;
  readonly #handle: number;
  readonly #bytes: number;

  constructor(pdfium: Pdfium, handle: number, bytes: number) {
    this.#pdfium = pdfium;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  get pageCount(): number {
    return this.#pdfium._FPDF_GetPageCount(this.#handle);
  }

  /** Gives a page, counted from zero, to `use`; undefined where the document has none that can be read there. */
  async withPage<T>(index: number, use: (page: PdfiumPage) => T | Promise<T>): Promise<T | undefined> {
    const handle = this.#pdfium._FPDF_LoadPage(this.#handle, index);
    if (handle === 0) return undefined;
    try {
      return await use(new PdfiumPage(this.#pdfium, handle));
    } finally {
      this.#pdfium._FPDF_ClosePage(handle);
    }
  }

  close(): void {
    this.#pdfium._FPDF_CloseDocument(this.#handle);
    this.#pdfium.wasmExports.free(this.#bytes);
  }
}

export class PdfiumPage {
  readonly #pdfium: Pdfium;
  readonly #handle: number;

  constructor(pdfium: Pdfium, handle: number) {
    this.#pdfium = pdfium;
    this.#handle = handle;
  }

  /** The page's text, at most `maxLength` UTF-16 units of it, as PDFium gives it: lines end in `\r\n`. */
  text(maxLength: number): string {
    const pdfium = this.#pdfium;
    const handle = pdfium._FPDFText_LoadPage(this.#handle);
    if (handle === 0) return '';
    try {
      const length = Math.min(maxLength, pdfium._FPDFText_CountChars(handle));
      if (length <= 0) return '';
      // With its closing zero.
      const start = allocate(pdfium, (length + 1) * 2);
      const written = pdfium._FPDFText_GetText(handle, 0, length, start);
      const text = Buffer.from(pdfium.HEAPU8.buffer, start, Math.max(0, written - 1) * 2).toString('utf16le');
      pdfium.wasmExports.free(start);
      return text;
    } finally {
      pdfium._FPDFText_ClosePage(handle);
    }
  }

  /** Draws the page so that its longer side has `longerSide` pixels; undefined where it has no size. */
  draw(longerSide: number): Bitmap | undefined {
    const pdfium = this.#pdfium;
    const pageWidth = pdfium._FPDF_GetPageWidth(this.#handle);
    const pageHeight = pdfium._FPDF_GetPageHeight(this.#handle);
    const scale = longerSide / Math.max(pageWidth, pageHeight);
    if (!(pageWidth > 0 && pageHeight > 0 && Number.isFinite(scale))) return undefined;
    const width = Math.max(1, Math.round(pageWidth * scale));
    const height = Math.max(1, Math.round(pageHeight * scale));
    const size = width * height * bytesPerPixel;
    const start = allocate(pdfium, size);
    const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, bgra, start, width * bytesPerPixel);
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, opaqueWhite);
    pdfium._FPDF_RenderPageBitmap(bitmap, this.#handle, 0, 0, width, height, 0, drawAnnotations | limitImageCache);
    pdfium._FPDFBitmap_Destroy(bitmap);
    const pixels = pdfium.HEAPU8.slice(start, start + size);
    pdfium.wasmExports.free(start);
    return { width, height, bgra: pixels };
  }
}

function allocate(pdfium: Pdfium, bytes: number): number {
  const start = pdfium.wasmExports.malloc(bytes);
  if (start === 0) throw new RangeError('no more memory for this document');
  return start;
}
