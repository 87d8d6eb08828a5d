import { pageImage } from './page-image.ts';
import type { PdfPage, PdfReading } from './pdf-reading.ts';
import { CannotOpenPdf, type loadPdfium, openPdf, type PdfiumPage } from './pdfium.ts';

/** As many pages as the Messages API takes. */
const maxPages = 600;
/** Of the whole document: more than any window holds. */
const maxCharacters = 4_000_000;

/** Every page up to here is shown, as the Messages API shows every page. */
const pagesAlwaysShown = 20;
/** Behind those only what text cannot tell, and never more pages than these. */
const maxShown = 40;
/** With fewer visible characters a page is a scan, a drawing or a title. */
const poorText = 100;

/** The longer side of a page in pixels: where text stands beside it, and where it must be read from the picture. */
const besideText = 1_120;
const insteadOfText = 1_568;

/**
 * The text of each page and, if `images` are wanted, pictures of the first 20 pages and of later ones with hardly any text,
 * 40 at most. Throws what PDFium fails with when memory runs out: the thread is of no use then.
 */
export async function readPdf(
  pdfium: Awaited<ReturnType<typeof loadPdfium>>,
  bytes: Uint8Array,
  { images }: { readonly images: boolean },
): Promise<PdfReading> {
  let document: ReturnType<typeof openPdf>;
  try {
    document = openPdf(pdfium, bytes);
  } catch (error) {
    if (error instanceof CannotOpenPdf) return { problem: error.problem };
    throw error;
  }
  try {
    const { pageCount } = document;
    if (pageCount <= 0) return { problem: 'broken' };
    const pages: PdfPage[] = [];
    let characters = 0;
    let shown = 0;
    for (let index = 0; index < Math.min(pageCount, maxPages) && characters < maxCharacters; index++) {
      const page = await document.withPage(index, async (open): Promise<PdfPage> => {
        const text = cleaned(open.text(maxCharacters - characters));
        const isPoor = visibleLength(text) < poorText;
        const isShown = images && shown < maxShown && (index < pagesAlwaysShown || isPoor);
        return { text, image: isShown ? await imageOf(open, isPoor ? insteadOfText : besideText) : undefined };
      });
      pages.push(page ?? { text: '', image: undefined });
      characters += page?.text.length ?? 0;
      if (page?.image !== undefined) shown += 1;
    }
    return { pageCount, pages };
  } finally {
    document.close();
  }
}

async function imageOf(page: PdfiumPage, longerSide: number): Promise<string | undefined> {
  const bitmap = page.draw(longerSide);
  return bitmap === undefined ? undefined : await pageImage(bitmap);
}

/** PDFium marks the hyphen at the end of a line with U+0002 or U+FFFE; other control characters are no text. */
function cleaned(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\u0002', '-')
    .replaceAll('\uFFFE', '-')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .toWellFormed()
    .trim();
}

function visibleLength(text: string): number {
  return text.length - (text.match(/\s/g)?.length ?? 0);
}
