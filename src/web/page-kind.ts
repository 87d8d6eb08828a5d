import { TextDecoder } from 'node:util';

export type PageKind = 'html' | 'text' | 'pdf' | 'other';

const htmlTypes = /^(?:text\/html|application\/xhtml\+xml)$/;
const textTypes =
  /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml|yaml)|application\/(?:x-)?(?:ndjson|yaml|toml|javascript|typescript|sh|sql|graphql|tex|latex))$/;

/** What a page is, by what its server says, and by how it begins where the server says nothing of use. */
export function pageKind(contentType: string | undefined, beginning: Buffer): PageKind {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (htmlTypes.test(type)) return 'html';
  if (textTypes.test(type)) return 'text';
  if (type === 'application/pdf' || type === 'application/x-pdf') return 'pdf';
  const isUnknown = type === '' || type === 'application/octet-stream' || type === 'binary/octet-stream';
  if (!isUnknown) return 'other';
  if (beginning.subarray(0, 1024).includes('%PDF-')) return 'pdf';
  const start = beginning.subarray(0, 1024);
  if (start.includes(0)) return 'other';
  return /^\s*<(?:!doctype html|html)\b/i.test(start.toString('latin1')) ? 'html' : 'text';
}

/**
 * A page's bytes as text: by its byte order mark, else by the server's charset, else by the page's own, else UTF-8.
 * Source: the encoding sniffing of the HTML standard, in short.
 */
export function pageText(bytes: Buffer, contentType: string | undefined, kind: PageKind): string {
  const declared = charsetIn(contentType ?? '') ?? (kind === 'html' ? charsetOfHtml(bytes) : undefined);
  return decoder(markOf(bytes) ?? declared).decode(bytes);
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined;
}

function charsetIn(text: string): string | undefined {
  return /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(text)?.[1];
}

function charsetOfHtml(bytes: Buffer): string | undefined {
  const tag = /<meta\s[^>]{0,200}charset[^>]{0,100}>/i.exec(bytes.subarray(0, 1024).toString('latin1'))?.[0];
  const charset = tag === undefined ? undefined : charsetIn(tag);
  // Whoever could read the tag has no UTF-16.
  return charset !== undefined && /^utf-16/i.test(charset) ? 'utf-8' : charset;
}

function decoder(charset = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    // A charset that nobody knows; most of the text is readable without.
    return new TextDecoder();
  }
}
