import { CallLog, type RecordedCall } from '../call-log.ts';
import { isRecord, parseJson } from '../json.ts';
import { type CallEnd, type Line, sendJson } from '../line.ts';
import { type Received, startLoopback } from '../loopback-server.ts';
import { playStream, playWhole } from '../play-reply.ts';
import type { Script } from '../script.ts';
import { type ChatCall, type ChatRequest, isChatRequest } from './chat-request.ts';
import { ChunkWriter, type Envelope, wholeCompletion } from './chunks.ts';
import { modelFamilies } from './models.ts';
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

export type RecordedChatCall = RecordedCall<ChatRequest, Refusal>;

export interface FakeOpenAi {
  /** What a client takes for its base URL, ending in `/v1`. */
  readonly url: string;
  /** Every chat call whose body could be read, refused ones too. */
  readonly calls: readonly RecordedChatCall[];
  /** What the real API would not have taken. A test that went well ends with none. */
  readonly refusals: readonly Refusal[];
  stop(): Promise<void>;
}

/** Starts a fake of OpenAI's Chat Completions on a loopback port: strict about requests, scripted in its answers. */
export async function startFakeOpenAi(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
  const rules = { ...openAiRules, ...options.rules };
  const checkShape = rules.schema ? await shapeCheck(rules.unknownFields) : undefined;
  const upstream = new Upstream(options, rules, checkShape);
  const server = await startLoopback(
    (received, line) => upstream.answer(received, line),
    (message) => {
      const fault = { status: 500, message, type: 'script_error', param: null, code: null };
      upstream.refusals.push(fault);
      return { error: fault };
    },
    options.port,
  );
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    calls: upstream.log.calls,
    refusals: upstream.refusals,
    stop: server.stop,
  };
}

const unreadable = 'We could not parse the JSON body of your request.';

class Upstream {
  readonly log = new CallLog<ChatRequest, Refusal>();
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

  async answer(received: Received, line: Line): Promise<void> {
    const { method, path, headers, text } = received;
    for (const [name, value] of Object.entries(this.#headers())) line.response.setHeader(name, value);
    const refusal = this.#judgeKey(headers) ?? judgePath(method, path);
    if (refusal !== undefined) return void (await this.#refuse(refusal, line));
    if (method === 'GET') return void (await sendJson(200, { object: 'list', data: modelList() }, {}, line));
    const body = parseJson(text);
    const judged = this.#judgeBody(body);
    if (!isChatRequest(body)) return void (await this.#refuse(judged ?? badRequest(null, null, unreadable), line));
    await this.log.note(received, body, judged, (call) =>
      judged === undefined ? this.#play(call, line) : this.#refuse(judged, line),
    );
  }

  async #play(call: ChatCall, line: Line): Promise<CallEnd> {
    const envelope = this.#envelope(call.body);
    const reply = await this.#options.model(call);
    if (call.body.stream === true) {
      return playStream(reply, new ChunkWriter(envelope), line, this.#options.paceMs ?? 0);
    }
    return playWhole(reply, () => wholeCompletion(reply, envelope), line);
  }

  #envelope(body: ChatRequest): Envelope {
    const options = isRecord(body.stream_options) ? body.stream_options : {};
    const tier = body.service_tier;
    return {
      id: `chatcmpl-${Bun.hash(`${this.log.calls.length}/${body.model}`).toString(36)}`,
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
