import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Script } from '../script.ts';
import { type ChatCall, type ChatRequest, isChatRequest, isRecord } from './chat-request.ts';
import type { Envelope } from './chunks.ts';
import { modelFamilies } from './models.ts';
import { type CallEnd, type Line, playStream, playWhole, sendJson } from './play-reply.ts';
import { PromptCache } from './prompt-cache.ts';
import { badRequest, type Refusal } from './refusal.ts';
import { type ShapeCheck, shapeCheck } from './request-shape.ts';
import { judge, openAiRules, type Rules } from './rules.ts';

export interface FakeOpenAiOptions {
  readonly model: Script<ChatRequest>;
  /** The only key that is let in; without it every bearer is. */
  readonly apiKey?: string;
  readonly rules?: Partial<Rules>;
  readonly port?: number;
  /** A pause after each chunk, for a demonstration that should look alive. */
  readonly paceMs?: number;
}

export interface RecordedCall extends ChatCall {
  readonly path: string;
  readonly arrivedAtMs: number;
  /** Settles when the connection is done with, and says how. */
  readonly closed: Promise<{ readonly end: CallEnd; readonly atMs: number }>;
  /** Why it was refused, if it was. */
  readonly refusal: Refusal | undefined;
}

export interface FakeOpenAi {
  /** What a client takes for its base URL, ending in `/v1`. */
  readonly url: string;
  /** Every chat call whose body could be read, refused ones too. */
  readonly calls: readonly RecordedCall[];
  /** What the real API would not have taken. A test that went well ends with none. */
  readonly refusals: readonly Refusal[];
  stop(): Promise<void>;
}

/** Starts a fake of OpenAI's Chat Completions on a loopback port: strict about requests, scripted in its answers. */
export async function startFakeOpenAi(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
  const rules = { ...openAiRules, ...options.rules };
  const checkShape = rules.schema ? await shapeCheck(rules.unknownFields) : undefined;
  const upstream = new Upstream(options, rules, checkShape);
  const server = createServer((request, response) => {
    upstream.answer(request, response).catch((error: unknown) => {
      // A fault in a test's script: end the exchange so that nobody waits, and keep it for the test to see.
      const fault = { status: 500, message: String(error), type: 'script_error', param: null, code: null };
      upstream.refusals.push(fault);
      if (response.headersSent) response.socket?.destroy();
      else response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: fault }));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fake upstream has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    calls: upstream.calls,
    refusals: upstream.refusals,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const unreadable = 'We could not parse the JSON body of your request.';

class Upstream {
  readonly calls: RecordedCall[] = [];
  readonly refusals: Refusal[] = [];
  readonly #options: FakeOpenAiOptions;
  readonly #rules: Rules;
  readonly #checkShape: ShapeCheck | undefined;
  readonly #cache = new PromptCache();
  #requests = 0;

  constructor(options: FakeOpenAiOptions, rules: Rules, checkShape: ShapeCheck | undefined) {
    this.#options = options;
    this.#rules = rules;
    this.#checkShape = checkShape;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line: Line = { response, gone: once(response, 'close').catch(() => undefined) };
    const arrivedAtMs = performance.now();
    for (const [name, value] of Object.entries(this.#headers())) response.setHeader(name, value);
    const text = await readText(request);
    const headers = headersOf(request);
    const { pathname } = new URL(request.url ?? '/', 'http://upstream');
    const refusal = this.#judgeKey(headers) ?? judgePath(request.method ?? '', pathname);
    if (refusal !== undefined) return void (await this.#refuse(refusal, line));
    if (request.method === 'GET') return void (await sendJson(200, { object: 'list', data: modelList() }, {}, line));
    const body = parseJson(text);
    const judged = this.#judgeBody(body);
    if (!isChatRequest(body)) return void (await this.#refuse(judged ?? badRequest(null, null, unreadable), line));
    const call = { body, text, headers, index: this.calls.length };
    const ended = Promise.withResolvers<{ end: CallEnd; atMs: number }>();
    this.calls.push({ ...call, path: pathname, arrivedAtMs, closed: ended.promise, refusal: judged });
    let end: CallEnd = 'cut';
    try {
      end = judged === undefined ? await this.#play(call, line) : await this.#refuse(judged, line);
    } finally {
      ended.resolve({ end, atMs: performance.now() });
    }
  }

  async #play(call: ChatCall, line: Line): Promise<CallEnd> {
    const envelope = this.#envelope(call.body);
    const reply = await this.#options.model(call);
    if (call.body.stream === true) return playStream(reply, envelope, line, this.#options.paceMs ?? 0);
    return playWhole(reply, envelope, line);
  }

  #envelope(body: ChatRequest): Envelope {
    const options = isRecord(body.stream_options) ? body.stream_options : {};
    const tier = body.service_tier;
    return {
      id: `chatcmpl-${Bun.hash(`${this.calls.length}/${body.model}`).toString(36)}`,
      created: Math.floor(Date.now() / 1000),
      model: body.model,
      serviceTier: typeof tier === 'string' && tier !== 'auto' ? tier : 'default',
      prompt: this.#cache.admit(body),
      includeUsage: options.include_usage === true,
      includeObfuscation: options.include_obfuscation !== false,
    };
  }

  #judgeKey(headers: Headers): Refusal | undefined {
    const key = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
    const { apiKey } = this.#options;
    if (this.#rules.key === 'ignored') return;
    if (key !== undefined && (apiKey === undefined || key === apiKey)) return;
    const shown = key === undefined ? '' : `${key.slice(0, 7)}${'*'.repeat(8)}${key.slice(-4)}`;
    const message =
      key === undefined
        ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth."
        : `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`;
    return { status: 401, message, type: 'invalid_request_error', param: null, code: 'invalid_api_key' };
  }

  #judgeBody(body: unknown): Refusal | undefined {
    if (!isRecord(body)) return badRequest(null, null, unreadable);
    const shape = this.#checkShape?.(body);
    if (shape !== undefined) return shape;
    return isChatRequest(body) ? judge(body, this.#rules, this.#cache) : badRequest(null, null, unreadable);
  }

  #refuse(refusal: Refusal, line: Line): Promise<CallEnd> {
    this.refusals.push(refusal);
    return sendJson(refusal.status, this.#errorBody(refusal), {}, line);
  }

  #errorBody({ status, message, type, param, code }: Refusal): unknown {
    switch (this.#rules.errorForm) {
      case 'openai':
        return { error: { message, type, param, code } };
      case 'text':
        return { error: message };
      case 'flat':
        return { object: 'error', message, type: 'BadRequestError', param, code: status };
      case 'detail':
        return { detail: message };
    }
  }

  #headers(): Record<string, string> {
    this.#requests += 1;
    return {
      'x-request-id': `req_${Bun.hash(`request ${this.#requests}`).toString(16).padStart(32, '0')}`,
      'openai-version': '2020-10-01',
      'openai-organization': 'org-fake',
      'openai-processing-ms': '12',
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-limit-tokens': '30000000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-remaining-tokens': '29999000',
      'x-ratelimit-reset-requests': '6ms',
      'x-ratelimit-reset-tokens': '2ms',
    };
  }
}

function judgePath(method: string, path: string): Refusal | undefined {
  if (path === '/v1/chat/completions' && method === 'POST') return;
  if (path === '/v1/models' && method === 'GET') return;
  const message = `Invalid URL (${method} ${path})`;
  return { status: 404, message, type: 'invalid_request_error', param: null, code: null };
}

function modelList(): readonly object[] {
  return modelFamilies.map(({ example: id }) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'system' }));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
