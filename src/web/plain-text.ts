import { cutText } from './cut-text.ts';

const breaking =
  /^(?:p|div|br|hr|li|ul|ol|dl|dt|dd|tr|table|h[1-6]|pre|blockquote|section|article|header|footer|main|nav|aside|form|title|option)$/;
/** What stands in them is no text of the page. */
const silent = new Set(['script', 'style', 'template', 'noscript', 'svg', 'iframe']);
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * The text of an HTML page without its tags, for pages that the better way cannot read. One pass from front to end:
 * whatever a page is made of, it takes time in proportion to its length.
 */
export function plainText(html: string, maxCharacters: number): string {
  let text = '';
  let at = 0;
  while (at < html.length && text.length <= 2 * maxCharacters) {
    const open = html.indexOf('<', at);
    if (open === -1) {
      text += html.slice(at);
      break;
    }
    text += html.slice(at, open);
    const name = /^<(?:!--|\/?[a-z][a-z0-9]{0,20})/i.exec(html.slice(open, open + 24))?.[0].toLowerCase();
    if (name === undefined) {
      text += '<';
      at = open + 1;
      continue;
    }
    if (breaking.test(name.replace(/^<\/?/, ''))) text += '\n';
    const end = endOf(html, open, name);
    // Nothing that could close it comes any more.
    if (end === -1) break;
    at = end;
  }
  const lines = decoded(text)
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
  return cutText(lines.join('\n'), maxCharacters);
}

/** Where the text goes on behind a tag, a comment, or an element whose content is no text. */
function endOf(html: string, open: number, name: string): number {
  if (name === '<!--') return behind(html, '-->', open + 4);
  if (!silent.has(name.slice(1))) return behind(html, '>', open);
  const closing = indexOfIgnoringCase(html, `</${name.slice(1)}`, open);
  return closing === -1 ? -1 : behind(html, '>', closing);
}

function behind(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}

function indexOfIgnoringCase(html: string, tag: string, from: number): number {
  const pattern = new RegExp(tag, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? -1;
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole;
  });
}
