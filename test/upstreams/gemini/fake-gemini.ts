import { CallLog, type RecordedCall } from '../call-log.ts';
import { isRecord, parseJson } from '../json.ts';
import { type CallEnd, type Line, sendJson } from '../line.ts';
import { type Received, startLoopback } from '../loopback-server.ts';
import { playStream, playWhole } from '../play-reply.ts';
import type { Script } from '../script.ts';
import { AnswerChunks, type AnswerStyle, type Envelope, wholeAnswer } from './chunks.ts';
import { readCount } from './count-tokens.ts';
import { type CredentialCheck, judgeCredentials } from './credentials.ts';
import { eventFrames, listFrames } from './frames.ts';
import { type GeminiCall, type GeminiRequest, isGeminiRequest, type Platform } from './gemini-request.ts';
import { modelList } from './model-list.ts';
import type { ModelFamily } from './models.ts';
import { ImplicitCache, promptTokens } from './prompt-size.ts';
import { invalid, type Refusal } from './refusal.ts';
import { type ModelRoute, routeOf } from './route.ts';
import { googleRules, judge, judgeSize, type Rules } from './rules.ts';
import { readMessage } from './shape.ts';
import { Signatures } from './signatures.ts';

export interface FakeGeminiOptions extends CredentialCheck {
  readonly model: Script<GeminiRequest>;
  readonly platform: Platform;
  readonly rules?: Partial<Rules>;
  readonly style?: Partial<AnswerStyle>;
  readonly port?: number;
  /** A pause after each chunk, for a demonstration that should look alive. */
  readonly paceMs?: number;
}

export type RecordedGeminiCall = RecordedCall<GeminiRequest, Refusal>;

export interface FakeGemini {
  /** What a client takes for its base URL: no path. */
  readonly url: string;
  /** Every call whose body could be read, counts and refused ones too. */
  readonly calls: readonly RecordedGeminiCall[];
  /** What the real API would not have taken. A test that went well ends with none. */
  readonly refusals: readonly Refusal[];
  /** What it has signed; a test may have it sign a part of its own making. */
  readonly signatures: Signatures;
  stop(): Promise<void>;
}

const plainStyle: AnswerStyle = { textSignature: 'own-part', callSignature: 'call', streamArguments: false };
const jsonHeaders = { 'content-type': 'application/json; charset=UTF-8' };

/** Starts a fake of Gemini's generateContent on a loopback port: strict about requests, scripted in its answers. */
export async function startFakeGemini(options: FakeGeminiOptions): Promise<FakeGemini> {
  const upstream = new Upstream(options);
  const server = await startLoopback(
    (received, line) => upstream.answer(received, line),
    (message) => {
      const fault = { status: 500, code: 'SCRIPT_ERROR', message };
      upstream.refusals.push(fault);
      return { error: { ...fault, code: 500, status: fault.code } };
    },
    options.port,
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    calls: upstream.log.calls,
    refusals: upstream.refusals,
    signatures: upstream.signatures,
    stop: server.stop,
  };
}

class Upstream {
  readonly log = new CallLog<GeminiRequest, Refusal>();
  readonly refusals: Refusal[] = [];
  readonly signatures: Signatures;
  readonly #options: FakeGeminiOptions;
  readonly #rules: Rules;
  readonly #cache = new ImplicitCache();

  constructor(options: FakeGeminiOptions) {
    this.#options = options;
    this.#rules = { ...googleRules, ...options.rules };
    this.signatures = new Signatures(options.platform);
  }

  async answer(received: Received, line: Line): Promise<void> {
    const { platform } = this.#options;
    for (const [name, value] of Object.entries(headers)) line.response.setHeader(name, value);
    const route = routeOf(received, platform, this.#rules);
    const refusal = this.#rules.key === 'ignored' ? undefined : judgeCredentials(received, platform, this.#options);
    if (refusal !== undefined || 'refusal' in route) {
      const first = refusal ?? ('refusal' in route ? route.refusal : undefined);
      return void (first !== undefined && (await this.#refuse(first, received, line)));
    }
    if (route.method === 'listModels') return void (await sendJson(200, modelList(platform), jsonHeaders, line));
    const { request, refusal: judged } = this.#judge(received, route);
    if (request === undefined) return void (await this.#refuse(judged ?? unreadable, received, line));
    await this.log.note(received, request, judged, (call) =>
      judged === undefined ? this.#play(call, route, received, line) : this.#refuse(judged, received, line),
    );
  }

  #judge(
    { bytes, text }: Received,
    route: ModelRoute,
  ): { request: GeminiRequest | undefined; refusal?: Refusal | undefined } {
    const { platform } = this.#options;
    const size = judgeSize(bytes.length, this.#rules);
    const given = parseJson(text);
    if (size !== undefined || !isRecord(given)) return { request: undefined, refusal: size ?? unreadable };
    const { method, model, family } = route;
    const { body, refusal: shape } =
      method === 'countTokens'
        ? readCount(given, model, platform)
        : readMessage('GenerateContentRequest', given, platform, this.#rules.unknownFields);
    const request = { contents: [], ...body, model, method };
    if (!isGeminiRequest(request)) return { request: undefined, refusal: shape ?? unreadable };
    const ruling = {
      request,
      platform,
      family: this.#limited(family),
      rules: this.#rules,
      signatures: this.signatures,
    };
    return { request, refusal: shape ?? judge(ruling) };
  }

  #limited(family: ModelFamily): ModelFamily {
    const { inputTokenLimit = family.inputTokenLimit, outputTokenLimit = family.outputTokenLimit } = this.#rules;
    return { ...family, inputTokenLimit, outputTokenLimit };
  }

  async #play(call: GeminiCall, route: ModelRoute, received: Received, line: Line): Promise<CallEnd> {
    if (call.body.method === 'countTokens') return this.#count(call.body, line);
    const envelope = this.#envelope(call.body, route.family);
    const reply = await this.#options.model(call);
    if (call.body.method === 'generateContent') {
      line.response.setHeader('content-type', jsonHeaders['content-type']);
      return playWhole(reply, () => wholeAnswer(reply, envelope), line);
    }
    const isEvents = received.query.get('alt') === 'sse';
    line.response.setHeader('content-type', isEvents ? 'text/event-stream' : jsonHeaders['content-type']);
    const chunks = new AnswerChunks(envelope);
    return playStream(reply, isEvents ? eventFrames(chunks) : listFrames(chunks), line, this.#options.paceMs ?? 0);
  }

  #envelope(request: GeminiRequest, family: ModelFamily): Envelope {
    const { platform } = this.#options;
    const style = { ...plainStyle, ...this.#options.style };
    const streams = request.toolConfig?.functionCallingConfig?.streamFunctionCallArguments === true;
    return {
      platform,
      model: request.model,
      family,
      responseId: Bun.hash(`${this.log.calls.length}/${request.model}`).toString(36),
      createTime: new Date().toISOString(),
      prompt: this.#cache.admit(request, family),
      style: { ...style, streamArguments: style.streamArguments || streams },
      includeThoughts: request.generationConfig?.thinkingConfig?.includeThoughts === true,
      mayRunSearch: request.tools?.some((tool) => tool.googleSearch !== undefined) === true,
      showsServerTools: request.toolConfig?.includeServerSideToolInvocations === true,
      isWhole: request.method === 'generateContent',
      signatures: this.signatures,
    };
  }

  #count(request: GeminiRequest, line: Line): Promise<CallEnd> {
    const totalTokens = promptTokens(request);
    const details = { promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
    return sendJson(200, { totalTokens, ...details }, jsonHeaders, line);
  }

  #refuse(refusal: Refusal, received: Received, line: Line): Promise<CallEnd> {
    this.refusals.push(refusal);
    const { status, code, message, details } = refusal;
    const isOlder = this.#rules.errorForm === 'with-errors';
    const error = {
      code: status,
      message,
      ...(isOlder ? { errors: [{ message, domain: 'global', reason: 'badRequest' }] } : {}),
      status: code,
      ...(details === undefined ? {} : { details }),
    };
    // What is asked for as a list of answers is refused as one.
    const isList = received.path.endsWith(':streamGenerateContent') && received.query.get('alt') !== 'sse';
    const body = isList || this.#rules.errorForm === 'wrapped' ? [{ error }] : { error };
    return sendJson(status, body, jsonHeaders, line);
  }
}

const unreadable = invalid('Invalid JSON payload received. Expected an object.');
const headers = {
  vary: 'Origin, X-Origin, Referer',
  server: 'scaffolding on HTTPServer2',
  'x-xss-protection': '0',
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
  'server-timing': 'gfet4t7; dur=120',
};
