import { isProbablyReaderable, Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { cutText } from './cut-text.ts';
import { markdownWriter } from './markdown-writer.ts';
import { plainText } from './plain-text.ts';

export interface PageText {
  readonly title: string | undefined;
  /** Markdown. */
  readonly text: string;
}

// Beyond these a page takes more time than it is worth; its plain text still goes out.
const maxHtmlLength = 2_000_000;
const maxElements = 50_000;
const maxTitleLength = 300;

/**
 * What a person would read on a page, as markdown: its article where it has one, else all but navigation and the like.
 * Belongs into a worker: a page can be made to take long.
 */
export function htmlToText(html: string, address: string, maxCharacters: number): PageText {
  const source = cutText(html, maxHtmlLength);
  try {
    return readPage(source, address, maxCharacters);
  } catch (error) {
    // Elements nested thousands deep exhaust the stack.
    if (error instanceof RangeError) return { title: undefined, text: plainText(source, maxCharacters) };
    throw error;
  }
}

function readPage(source: string, address: string, maxCharacters: number): PageText {
  const { document } = parseHTML(withBody(source));
  const title = oneLine(document.querySelector('title')?.textContent);
  if (document.querySelectorAll('*').length > maxElements) return { title, text: plainText(source, maxCharacters) };
  const base = document.querySelector('base[href]')?.getAttribute('href') ?? '';
  const write = markdownWriter(URL.canParse(base, address) ? new URL(base, address) : new URL(address));
  const article = isProbablyReaderable(document) ? new Readability(document).parse() : undefined;
  const body = article?.content ? parseHTML(withBody(article.content)).document.body : document.body;
  const text = write(body) || plainText(source, maxCharacters);
  return { title: oneLine(article?.title) ?? title, text: cutText(text, maxCharacters) };
}

function oneLine(title: string | null | undefined): string | undefined {
  return cutText((title ?? '').replace(/\s+/g, ' ').trim(), maxTitleLength) || undefined;
}

/** The tags that HTML lets authors leave out, which the parser does not put in. */
function withBody(html: string): string {
  if (/<body[\s>]/i.test(html)) return html;
  const inner = html.replace(/<!doctype[^>]{0,500}>|<\/?(?:html|head)(?:\s[^>]{0,500})?>/gi, '');
  return `<!doctype html><html><head></head><body>${inner}</body></html>`;
}
