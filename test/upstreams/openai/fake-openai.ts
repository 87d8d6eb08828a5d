import { CallLog, type RecordedCall } from '../call-log.ts';
import { isRecord, parseJson } from '../json.ts';
import { type CallEnd, type Line, sendJson } from '../line.ts';
import { type Received, startLoopback } from '../loopback-server.ts';
import { playStream, playWhole } from '../play-reply.ts';
import type { Script } from '../script.ts';
import { type ChatCall, type ChatRequest, isChatRequest } from './chat-request.ts';
import { chatSchema } from './chat-shape.ts';
import { ChunkWriter, type Envelope, wholeCompletion } from './chunks.ts';
import { modelFamilies } from './models.ts';
import { chatPrompt, PromptCache } from './prompt-cache.ts';
import { badRequest, type Refusal } from './refusal.ts';
import { type ShapeCheck, shapeCheck } from './request-shape.ts';
import type { ReasoningReport } from './responses/reasoning-memory.ts';
import { ResponsesApi } from './responses/responses-api.ts';
import type { ResponsesRequest } from './responses/responses-request.ts';
import { countSchema, responsesSchema } from './responses/responses-shape.ts';
import { judge, openAiRules, type Rules } from './rules.ts';

export interface FakeOpenAiOptions {
  /** Plays the model on Chat Completions; without it that path is not served. */
  readonly model?: Script<ChatRequest>;
  /** Plays the model on the Responses API; without it that path is not served, as by most compatible servers. */
  readonly responses?: Script<ResponsesRequest>;
  /** The only key that is let in; without it every bearer is. */
  readonly apiKey?: string;
  readonly rules?: Partial<Rules>;
  readonly port?: number;
  /** A pause after each chunk, for a demonstration that should look alive. */
  readonly paceMs?: number;
}

export type RecordedChatCall = RecordedCall<ChatRequest, Refusal>;
export type RecordedResponsesCall = RecordedCall<ResponsesRequest, Refusal>;

export interface FakeOpenAi {
  /** What a client takes for its base URL, ending in `/v1`. */
  readonly url: string;
  /** Every chat call whose body could be read, refused ones too. */
  readonly calls: readonly RecordedChatCall[];
  /** The same of the Responses API. */
  readonly responsesCalls: readonly RecordedResponsesCall[];
  /** What the calls of the Responses API have shown of the reasoning that was issued to them. */
  readonly reasoning: ReasoningReport;
  /** What the real API would not have taken. A test that went well ends with none. */
  readonly refusals: readonly Refusal[];
  stop(): Promise<void>;
}

/** Starts a fake of OpenAI's two APIs on a loopback port: strict about requests, scripted in its answers. */
export async function startFakeOpenAi(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
  const rules = { ...openAiRules, ...options.rules };
  const shapes = rules.schema ? await shapeChecks(rules, options) : undefined;
  const upstream = new Upstream(options, rules, shapes);
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
    responsesCalls: upstream.responses?.log.calls ?? [],
    get reasoning() {
      return upstream.responses?.memory.report ?? { verified: 0, faults: [] };
    },
    refusals: upstream.refusals,
    stop: server.stop,
  };
}

interface ShapeChecks {
  readonly chat: ShapeCheck;
  readonly responses: { readonly create: ShapeCheck; readonly count: ShapeCheck } | undefined;
}

async function shapeChecks({ unknownFields }: Rules, { responses }: FakeOpenAiOptions): Promise<ShapeChecks> {
  const chat = await shapeCheck(chatSchema, unknownFields);
  if (responses === undefined) return { chat, responses: undefined };
  const create = await shapeCheck(responsesSchema, unknownFields);
  return { chat, responses: { create, count: await shapeCheck(countSchema, unknownFields) } };
}

const unreadable = 'We could not parse the JSON body of your request.';

class Upstream {
  readonly log = new CallLog<ChatRequest, Refusal>();
  readonly refusals: Refusal[] = [];
  readonly #options: FakeOpenAiOptions;
  readonly #rules: Rules;
  readonly #checkShape: ShapeCheck | undefined;
  readonly responses: ResponsesApi | undefined;
  readonly #cache = new PromptCache(chatPrompt);
  #requests = 0;

  constructor(options: FakeOpenAiOptions, rules: Rules, shapes: ShapeChecks | undefined) {
    this.#options = options;
    this.#rules = rules;
    this.#checkShape = shapes?.chat;
    if (options.responses === undefined) return;
    this.responses = new ResponsesApi({
      model: options.responses,
      rules,
      paceMs: options.paceMs ?? 0,
      shapes: shapes?.responses,
      refuse: (refusal, line) => this.#refuse(refusal, line),
      note: (refusal) => this.refusals.push(refusal),
    });
  }

  async answer(received: Received, line: Line): Promise<void> {
    const { method, path, headers, text } = received;
    for (const [name, value] of Object.entries(this.#headers())) line.response.setHeader(name, value);
    const refusal = this.#judgeKey(headers) ?? this.#judgePath(method, path);
    if (refusal !== undefined) return void (await this.#refuse(refusal, line));
    if (path === '/v1/responses') return this.responses?.answer(received, line);
    if (path === '/v1/responses/input_tokens') return this.responses?.count(received, line);
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
    const reply = (await this.#options.model?.(call)) ?? [];
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

  #judgePath(method: string, path: string): Refusal | undefined {
    const { model, responses } = this.#options;
    if (path === '/v1/chat/completions' && method === 'POST' && model !== undefined) return;
    if (/^\/v1\/responses(\/input_tokens)?$/.test(path) && method === 'POST' && responses !== undefined) return;
    if (path === '/v1/models' && method === 'GET') return;
    const message = `Invalid URL (${method} ${path})`;
    return { status: 404, message, type: 'invalid_request_error', param: null, code: null };
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

function modelList(): readonly object[] {
  return modelFamilies.map(({ example: id }) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'system' }));
}
