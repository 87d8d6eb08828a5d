import { isRecord, parseJson } from '../json.ts';
import type { Received } from '../loopback-server.ts';
import { type ModelFamily, modelFamilies } from './models.ts';
import { invalid, missing, notFound, type Refusal } from './refusal.ts';

/** What a path beside the messages answers: JSON, or bytes of their own type. */
export type SideAnswer =
  | { readonly refusal: Refusal }
  | { readonly json: unknown }
  | { readonly bytes: Uint8Array; readonly contentType: string };

/** Answers one request of a batch: the message, or why there is none. */
export type AnswerOne = (params: unknown) => Promise<{ message: unknown } | { refusal: Refusal }>;

const createdAt = '2026-11-01T00:00:00Z';

/** Models, batches and files, kept in memory: enough to tell whether a request has arrived whole. */
export class SideRoutes {
  readonly #batches = new Map<string, { batch: Record<string, unknown>; results: string }>();
  readonly #files = new Map<string, { metadata: Record<string, unknown>; bytes: Uint8Array }>();
  readonly #answerOne: AnswerOne;
  #ids = 0;

  constructor(answerOne: AnswerOne) {
    this.#answerOne = answerOne;
  }

  /** Undefined for a path that is none of these. */
  async answer(received: Received): Promise<SideAnswer | undefined> {
    const [, version, area, ...rest] = received.path.split('/');
    if (version !== 'v1') return undefined;
    if (area === 'models' && received.method === 'GET') return modelAnswer(rest[0], received.query);
    if (area === 'messages' && rest[0] === 'batches') return await this.#batch(received, rest[1], rest[2]);
    if (area === 'files') return await this.#file(received, rest[0], rest[1]);
    return undefined;
  }

  async #batch(
    received: Received,
    id: string | undefined,
    action: string | undefined,
  ): Promise<SideAnswer | undefined> {
    const route = `${received.method} ${action ?? (id === undefined ? 'all' : 'one')}`;
    if (route === 'POST all') return await this.#createBatch(received);
    if (route === 'GET all') return page([...this.#batches.values()].map(({ batch }) => batch));
    const known = this.#batches.get(id ?? '');
    if (known === undefined) return { refusal: notFound(`Message batch ${id} not found`) };
    switch (route) {
      case 'GET one':
      case 'POST cancel':
        return { json: known.batch };
      case 'DELETE one':
        this.#batches.delete(id ?? '');
        return { json: { id, type: 'message_batch_deleted' } };
      case 'GET results':
        return { bytes: Buffer.from(known.results), contentType: 'application/x-jsonl' };
      default:
        return undefined;
    }
  }

  async #createBatch({ text, headers }: Received): Promise<SideAnswer> {
    const body = parseJson(text);
    if (!isRecord(body) || !Array.isArray(body.requests)) return { refusal: missing('requests') };
    const counts = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    const lines: string[] = [];
    for (const request of body.requests) {
      if (!isRecord(request)) return { refusal: invalid('requests: Input should be a valid dictionary') };
      const answer = await this.#answerOne(request.params);
      counts['message' in answer ? 'succeeded' : 'errored'] += 1;
      const result =
        'message' in answer
          ? { type: 'succeeded', message: answer.message }
          : { type: 'errored', error: { type: 'error', error: answer.refusal } };
      lines.push(JSON.stringify({ custom_id: request.custom_id, result }));
    }
    const id = this.#newId('msgbatch_');
    const batch = {
      id,
      type: 'message_batch',
      processing_status: 'ended',
      request_counts: counts,
      created_at: createdAt,
      expires_at: createdAt,
      ended_at: createdAt,
      cancel_initiated_at: null,
      archived_at: null,
      results_url: `http://${headers.get('host')}/v1/messages/batches/${id}/results`,
    };
    this.#batches.set(id, { batch, results: `${lines.join('\n')}\n` });
    return { json: batch };
  }

  async #file(received: Received, id: string | undefined, action: string | undefined): Promise<SideAnswer | undefined> {
    const route = `${received.method} ${action ?? (id === undefined ? 'all' : 'one')}`;
    if (route === 'POST all') return await this.#upload(received);
    if (route === 'GET all') {
      return { json: { data: [...this.#files.values()].map(({ metadata }) => metadata), next_page: null } };
    }
    const known = this.#files.get(id ?? '');
    if (known === undefined) return { refusal: notFound(`File not found: ${id}`) };
    switch (route) {
      case 'GET one':
        return { json: known.metadata };
      case 'GET content':
        return { bytes: known.bytes, contentType: String(known.metadata.mime_type) };
      case 'DELETE one':
        this.#files.delete(id ?? '');
        return { json: { id, type: 'file_deleted' } };
      default:
        return undefined;
    }
  }

  async #upload({ bytes, headers }: Received): Promise<SideAnswer> {
    const contentType = headers.get('content-type') ?? '';
    if (!contentType.startsWith('multipart/form-data')) return { refusal: missing('file') };
    const form = await new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } }).formData();
    const file = form.get('file');
    if (!(file instanceof Blob)) return { refusal: missing('file') };
    const content = await file.bytes();
    const metadata = {
      id: this.#newId('file_'),
      type: 'file',
      filename: file instanceof File ? file.name : 'file',
      mime_type: file.type,
      size_bytes: content.length,
      created_at: createdAt,
      downloadable: true,
    };
    this.#files.set(metadata.id, { metadata, bytes: content });
    return { json: metadata };
  }

  #newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${Bun.hash(`${prefix}${this.#ids}`).toString(36).padStart(24, '0')}`;
  }
}

function modelAnswer(id: string | undefined, query: URLSearchParams): SideAnswer {
  const models = modelFamilies.map(modelInfo);
  if (id === undefined) return page(models.slice(0, Number(query.get('limit') ?? 20)));
  const known = models.find((model) => model.id === decodeURIComponent(id));
  return known === undefined ? { refusal: notFound(`model: ${id}`) } : { json: known };
}

function modelInfo(family: ModelFamily): { readonly id: string } {
  return {
    ...{ type: 'model', id: family.example, display_name: family.displayName, created_at: createdAt },
    ...{ max_input_tokens: family.contextWindow, max_tokens: family.maxOutputTokens },
  };
}

function page(data: readonly Readonly<Record<string, unknown>>[]): SideAnswer {
  return { json: { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null } };
}
