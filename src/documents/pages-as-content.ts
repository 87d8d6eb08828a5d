import type { BetaContentBlockSourceContent } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { ReadPdf } from './pdf-reading.ts';

/** How much of a request's documents may still be shown. Given to the documents in their order, so that a later one changes nothing of an earlier one. */
export interface ShownBudget {
  images: number;
  /** Of their base64. */
  characters: number;
}

/** For all documents of a request: fewer pictures than every vendor takes, and fewer bytes. */
export const newShownBudget = (): ShownBudget => ({ images: 100, characters: 24 * 1024 * 1024 });

export interface PagesAsContent {
  readonly content: BetaContentBlockSourceContent[];
  /** What of the document is not in `content`; undefined where nothing is missing. */
  readonly missing: string | undefined;
}

/** The pages of a PDF as the content of a `document` block: a text for each page, behind it the page's picture. */
export function pagesAsContent(
  { pageCount, pages }: ReadPdf,
  { images }: { readonly images: boolean },
  budget: ShownBudget,
): PagesAsContent {
  const content: BetaContentBlockSourceContent[] = [];
  let shown = 0;
  pages.forEach(({ text, image }, index) => {
    const heading = `[page ${index + 1} of ${pageCount}]`;
    const isShown = image !== undefined && budget.images > 0 && image.length <= budget.characters;
    content.push({
      type: 'text',
      text: text === '' ? `${heading} ${isShown ? '' : noText}`.trimEnd() : `${heading}\n${text}`,
    });
    if (!isShown) return;
    content.push({ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: image } });
    budget.images -= 1;
    budget.characters -= image.length;
    shown += 1;
  });
  if (pages.length < pageCount)
    content.push({
      type: 'text',
      text: `[pages ${pages.length + 1} to ${pageCount} omitted: the document is too long]`,
    });
  return { content, missing: missingPart({ pageCount, read: pages.length, shown, images }) };
}

const noText = '(it holds no text; perhaps it is a scan)';

function missingPart(of: { pageCount: number; read: number; shown: number; images: boolean }): string | undefined {
  const { pageCount, read, shown, images } = of;
  const parts: string[] = [];
  if (read < pageCount) parts.push(`only the first ${read} of ${pageCount} pages are sent`);
  if (!images)
    parts.push('only the text of its pages is sent, for this server or model reads no PDF files and sees no images');
  else if (shown < read) parts.push(`only the text is sent of ${read - shown} of its ${pageCount} pages`);
  return parts.length === 0 ? undefined : parts.join('; ');
}
