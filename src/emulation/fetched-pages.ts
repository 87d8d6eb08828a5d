import type { BetaWebFetchBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { isRecord } from '../messages/json.ts';
import type { KnownBlockOf } from '../messages/types.ts';
import type { FetchedPage } from '../web/web-access.ts';
import { failureCodeOf, failureText } from './web-failures.ts';

type Document = KnownBlockOf<'document'>;
type Source = Document['source'];
type ResultContent = NonNullable<KnownBlockOf<'tool_result'>['content']>;
type Piece = Exclude<Extract<Source, { type: 'content' }>['content'], string>[number];

/** The content of a result block. All that the model will read of the page is in it. */
export function pageBlock({ url, title, mediaType, data, retrievedAt }: FetchedPage): BetaWebFetchBlock {
  return {
    type: 'web_fetch_result',
    url,
    retrieved_at: retrievedAt,
    content: {
      type: 'document',
      source:
        mediaType === 'text/plain'
          ? { type: 'text', media_type: mediaType, data }
          : { type: 'base64', media_type: mediaType, data },
      title: title ?? null,
      citations: null,
    },
  };
}

/** What the model reads of a result block's content, the same every time: when the page was fetched is not among it. */
export function fetchedPageContent(content: unknown): ResultContent {
  if (!isRecord(content) || typeof content.url !== 'string') return failureText('web_fetch', failureCodeOf(content));
  const address = { type: 'text', text: `Address: ${content.url}` } as const;
  const source = isRecord(content.content) ? sourceOf(content.content.source) : undefined;
  if (!isRecord(content.content) || source === undefined)
    return [address, { type: 'text', text: '[no readable page]' }];
  const { title } = content.content;
  return [address, { type: 'document', source, title: typeof title === 'string' ? title : null }];
}

/** A source as a dialect may rely on it; undefined for what is none. */
function sourceOf(source: unknown): Source | undefined {
  if (!isRecord(source)) return undefined;
  const { type, data, content } = source;
  if (type === 'text' && typeof data === 'string') return { type, media_type: 'text/plain', data };
  if (type === 'base64' && typeof data === 'string') return { type, media_type: 'application/pdf', data };
  if (type !== 'content') return undefined;
  if (typeof content === 'string') return { type, content };
  return Array.isArray(content) ? { type, content: content.map(pieceOf) } : undefined;
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

function pieceOf(piece: unknown): Piece {
  if (isRecord(piece) && piece.type === 'text' && typeof piece.text === 'string')
    return { type: 'text', text: piece.text };
  const source = isRecord(piece) && piece.type === 'image' && isRecord(piece.source) ? piece.source : {};
  const mediaType = imageTypes.find((known) => known === source.media_type);
  if (source.type !== 'base64' || typeof source.data !== 'string' || mediaType === undefined) {
    return { type: 'text', text: '[not readable]' };
  }
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: source.data } };
}
