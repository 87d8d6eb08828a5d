import { isKnownBlock } from '../messages/check-blocks.ts';
import { isRecord } from '../messages/json.ts';
import type { Block, KnownBlockOf, Loss, Message, MessagesRequest } from '../messages/types.ts';
import type { Abilities } from '../providers/provider.ts';
import type { DocumentReader } from './document-reader.ts';
import { newShownBudget, pagesAsContent, type ShownBudget } from './pages-as-content.ts';
import { pdfProblems } from './pdf-reading.ts';

type Document = KnownBlockOf<'document'>;
type Reads = Pick<Abilities, 'pdf' | 'pdfAddresses' | 'images'>;

export interface ReadDocuments {
  /** The same object where there was nothing to read. */
  readonly request: MessagesRequest;
  readonly losses: readonly Loss[];
}

/** Whether anything is there that `readDocuments` may have to read: a PDF, or an address. Made for the way of every request. */
export function holdsDocuments({ messages }: MessagesRequest): boolean {
  return messages.some(({ content }) => holdsWork(content, anyDocument));
}

/**
 * Replaces PDFs that an upstream does not read by their text and, where it sees images, pictures of their pages, and PDFs
 * by address that it does not fetch by what is found there. Every block keeps its place, so that paths into the request
 * stay true. What cannot be read is a line of text that says why, and listed. Throws the signal's reason when aborted.
 */
export async function readDocuments(
  request: MessagesRequest,
  reads: Reads,
  reader: DocumentReader,
  signal: AbortSignal,
): Promise<ReadDocuments> {
  const work = new Reading(reads, reader, signal);
  if (!request.messages.some(({ content }) => holdsWork(content, work))) return { request, losses: [] };
  const messages: Message[] = [];
  for (const [index, message] of request.messages.entries()) {
    const { content } = message;
    messages.push(
      holdsWork(content, work)
        ? { ...message, content: await readBlocks(content, work, `messages.${index}.content`) }
        : message,
    );
  }
  return { request: { ...request, messages }, losses: work.losses };
}

async function readBlocks(blocks: readonly Block[], work: Reading, path: string): Promise<Block[]> {
  const read: Block[] = [];
  for (const [index, block] of blocks.entries()) read.push(await readBlock(block, work, `${path}.${index}`));
  return read;
}

function holdsWork(content: unknown, work: Wants): content is readonly Block[] {
  return Array.isArray(content) && content.some((block) => isWork(block, work));
}

function isWork(block: unknown, work: Wants): boolean {
  if (!isRecord(block)) return false;
  switch (block.type) {
    case 'document':
      return work.wants(block.source);
    case 'tool_result':
      return holdsWork(block.content, work);
    case 'web_fetch_tool_result': {
      const document = isRecord(block.content) ? block.content.content : undefined;
      return isRecord(document) && work.wantsFetched(document.source);
    }
    default:
      return false;
  }
}

async function readBlock(block: Block, work: Reading, path: string): Promise<Block> {
  if (!isKnownBlock(block) || !isWork(block, work)) return block;
  switch (block.type) {
    case 'document':
      return work.read(block, path);
    case 'tool_result': {
      if (!Array.isArray(block.content)) return block;
      const content: typeof block.content = [];
      for (const [index, inner] of block.content.entries()) {
        const isRead = inner.type === 'document' && work.wants(inner.source);
        content.push(isRead ? await work.read(inner, `${path}.content.${index}`) : inner);
      }
      return { ...block, content };
    }
    case 'web_fetch_tool_result': {
      if (block.content.type !== 'web_fetch_result') return block;
      const document = await work.read(block.content.content, `${path}.content.content`);
      return { ...block, content: { ...block.content, content: document } };
    }
    default:
      return block;
  }
}

/** Which sources of documents are to be read. */
interface Wants {
  wants(source: unknown): boolean;
  wantsFetched(source: unknown): boolean;
}

const anyDocument: Wants = {
  wants: (source) => isPdf(source) || isAddress(source),
  wantsFetched: (source) => isPdf(source) || isAddress(source),
};

/** The documents of one request, read in their order. */
class Reading implements Wants {
  readonly losses: Loss[] = [];
  readonly #reads: Reads;
  readonly #reader: DocumentReader;
  readonly #signal: AbortSignal;
  readonly #budget: ShownBudget = newShownBudget();

  constructor(reads: Reads, reader: DocumentReader, signal: AbortSignal) {
    this.#reads = reads;
    this.#reader = reader;
    this.#signal = signal;
  }

  wants(source: unknown): boolean {
    return (isPdf(source) && !this.#reads.pdf) || this.#wantsAddress(source);
  }

  /** Dialects tell a page that was fetched in text, also where they send PDFs as they are. */
  wantsFetched(source: unknown): boolean {
    return isPdf(source) || this.#wantsAddress(source);
  }

  async read(block: Document, path: string): Promise<Document> {
    const { source } = block;
    if (source.type === 'base64') return this.#readPdf(block, source.data, path);
    if (source.type !== 'url') return block;
    const found = await this.#reader.fetch(source.url, this.#signal);
    if ('problem' in found) return this.#unread(block, `${source.url} could not be fetched: ${found.problem}`, path);
    const titled = { ...block, title: block.title ?? found.title ?? null };
    if (found.mediaType === 'text/plain') {
      return { ...titled, source: { type: 'text', media_type: 'text/plain', data: found.data } };
    }
    if (!this.#reads.pdf) return this.#readPdf(titled, found.data, path);
    return { ...titled, source: { type: 'base64', media_type: 'application/pdf', data: found.data } };
  }

  async #readPdf(block: Document, base64: string, path: string): Promise<Document> {
    const { images } = this.#reads;
    const reading = await this.#reader.readPdf(base64, images, this.#signal);
    if ('problem' in reading) return this.#unread(block, pdfProblems[reading.problem], path);
    const { content, missing } = pagesAsContent(reading, { images }, this.#budget);
    if (missing !== undefined) this.losses.push({ field: path, why: missing });
    return { ...block, source: { type: 'content', content } };
  }

  #unread(block: Document, why: string, path: string): Document {
    this.losses.push({ field: path, why });
    return { ...block, source: { type: 'text', media_type: 'text/plain', data: `[document omitted: ${why}]` } };
  }

  #wantsAddress(source: unknown): boolean {
    if (this.#reads.pdfAddresses || !this.#reader.fetches) return false;
    return isAddress(source);
  }
}

function isAddress(source: unknown): boolean {
  return isRecord(source) && source.type === 'url' && typeof source.url === 'string';
}

function isPdf(source: unknown): boolean {
  if (!isRecord(source) || source.type !== 'base64' || typeof source.data !== 'string') return false;
  return typeof source.media_type === 'string' && source.media_type.toLowerCase() === 'application/pdf';
}
