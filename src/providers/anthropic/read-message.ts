import { envelopeStart, ownServerToolStart } from '../../messages/envelope.ts';
import type { ByteRange, JsonScanner } from '../../messages/json-scanner.ts';

/** A string and where it stands, its quotes too. */
interface PlacedText {
  readonly text: string;
  readonly place: ByteRange;
}

/** What is worth knowing of a content block before it goes to Anthropic. */
export interface ReadBlock {
  readonly place: ByteRange;
  readonly type: string;
  /** The proxy made it of another vendor's answer. */
  readonly isForeign: boolean;
  /** Its own id, and that of the call it answers. */
  readonly ids: readonly PlacedText[];
  readonly citations: readonly ReadCitation[];
  /** What stands for all that was said in front of it, where the proxy compacted the conversation there. */
  readonly compaction: ReadCompaction | undefined;
}

export interface ReadCompaction {
  readonly summary: string;
  readonly changesTools: boolean;
}

export interface ReadCitation {
  readonly place: ByteRange;
  readonly encryptedIndex: string | undefined;
}

export interface ReadMessage {
  readonly place: ByteRange;
  readonly role: unknown;
  /** Empty where the content is a plain text. */
  readonly blocks: readonly ReadBlock[];
}

/** Reads the message that begins here, of whatever shape, and steps over it. */
export function readMessage(scanner: JsonScanner): ReadMessage {
  let role: unknown;
  let blocks: ReadBlock[] = [];
  const place = readObject(scanner, (key) => {
    if (key === 'role') role = scanner.value();
    else if (key === 'content') blocks = readElements(scanner, readBlock);
  });
  return { place, role, blocks };
}

/** Where it came from can be proved to Anthropic by nobody but Anthropic. */
export function isForeignCitation({ encryptedIndex }: ReadCitation): boolean {
  return encryptedIndex === '' || encryptedIndex?.startsWith(envelopeStart) === true;
}

function readBlock(scanner: JsonScanner): ReadBlock {
  let type = '';
  let signature = '';
  let data = '';
  let encrypted = '';
  let content: ByteRange | undefined;
  let changesTools = false;
  let citations: ReadCitation[] = [];
  const ids: PlacedText[] = [];
  const place = readObject(scanner, (key) => {
    switch (key) {
      case 'type':
        type = textAt(scanner)?.text ?? '';
        break;
      case 'signature':
        signature = startAt(scanner);
        break;
      case 'data':
        data = startAt(scanner);
        break;
      case 'encrypted_content':
        encrypted = startAt(scanner);
        break;
      case 'content':
        if (scanner.isAtString) content = scanner.skip();
        break;
      case 'tool_changes':
        changesTools = scanner.countElements() > 0;
        break;
      case 'id':
      case 'tool_use_id': {
        const id = textAt(scanner);
        if (id !== undefined) ids.push(id);
        break;
      }
      case 'citations':
        citations = readElements(scanner, readCitation);
        break;
    }
  });
  const isForeign =
    sealOf(type, { signature, data, encrypted }) === envelopeStart ||
    ids.some(({ text }) => text.startsWith(ownServerToolStart));
  const summary = isForeign && type === 'compaction' && content !== undefined ? scanner.valueOf(content) : undefined;
  const compaction = typeof summary === 'string' && summary !== '' ? { summary, changesTools } : undefined;
  return { place, type, isForeign, ids, citations, compaction };
}

/** Where a block of such a type says who made it. */
function sealOf(type: string, block: Record<'signature' | 'data' | 'encrypted', string>): string {
  if (type === 'thinking') return block.signature;
  if (type === 'redacted_thinking') return block.data;
  return type === 'compaction' ? block.encrypted : '';
}

function readCitation(scanner: JsonScanner): ReadCitation {
  let encryptedIndex: string | undefined;
  const place = readObject(scanner, (key) => {
    if (key === 'encrypted_index') encryptedIndex = textAt(scanner)?.text;
  });
  return { place, encryptedIndex };
}

function readObject(scanner: JsonScanner, visit: (key: string) => void): ByteRange {
  if (!scanner.isAtObject) return scanner.skip();
  const start = scanner.at;
  scanner.eachMember(visit);
  return { start, end: scanner.at };
}

function readElements<T>(scanner: JsonScanner, read: (scanner: JsonScanner) => T): T[] {
  const elements: T[] = [];
  if (scanner.isAtArray) scanner.eachElement(() => void elements.push(read(scanner)));
  return elements;
}

function textAt(scanner: JsonScanner): PlacedText | undefined {
  if (!scanner.isAtString) return undefined;
  const place = scanner.skip();
  const text = scanner.valueOf(place);
  return typeof text === 'string' ? { text, place } : undefined;
}

/** As much of a string as tells whether it is an envelope: signatures are long, and nothing else of them matters. */
function startAt(scanner: JsonScanner): string {
  if (!scanner.isAtString) return '';
  const { start, end } = scanner.skip();
  return scanner.bytes.toString('latin1', start + 1, Math.min(end - 1, start + 1 + envelopeStart.length));
}
