import { CallLog, type RecordedCall } from '../call-log.ts';
import { isRecord, parseJson } from '../json.ts';
import { type CallEnd, finishBody, type Line, send, sendJson } from '../line.ts';
import { type Received, startLoopback } from '../loopback-server.ts';
import { playStream, playWhole } from '../play-reply.ts';
import type { Script } from '../script.ts';
import { accessRefusal, isOAuth } from './access-rules.ts';
import { answerHeaders } from './answer-headers.ts';
import { betasOf } from './betas.ts';
import { type Envelope, EventWriter, wholeMessage } from './event-writer.ts';
import { isMessagesBody, type MessagesBody, type MessagesCall } from './messages-body.ts';
import { PromptCache } from './prompt-cache.ts';
import { invalid, notFound, type Refusal } from './refusal.ts';
import { judge, type Rules } from './rules.ts';
import { SideRoutes } from './side-routes.ts';

export interface FakeAnthropicOptions {
  readonly model: Script<MessagesBody>;
  /** The only key that is let in, in either header; without it every key is. */
  readonly apiKey?: string;
  /** The only subscription token that is let in; without it every one is. */
  readonly oauthToken?: string;
  readonly rules?: Partial<Rules>;
  readonly port?: number;
  /** A pause after each event, for a demonstration that should look alive. */
  readonly paceMs?: number;
}

export interface FakeAnthropic {
  /** What a client takes for its base URL, without `/v1`. */
  readonly url: string;
  /** Every messages call whose body could be read, refused ones too. */
  readonly calls: readonly RecordedCall<MessagesBody, Refusal>[];
  /** Every request on any path, as it came. */
  readonly received: readonly Received[];
  /** What the real API would not have taken. A test that went well ends with none. */
  readonly refusals: readonly Refusal[];
  stop(): Promise<void>;
}

/** Starts a fake of Anthropic's API on a loopback port: strict about requests, scripted in its answers. */
export async function startFakeAnthropic(options: FakeAnthropicOptions): Promise<FakeAnthropic> {
  const upstream = new Upstream(options);
  const server = await startLoopback(
    (received, line) => upstream.answer(received, line),
    (message) => {
      const fault = { status: 500, type: 'script_error', message };
      upstream.refusals.push(fault);
      return errorBody(fault, null);
    },
    options.port,
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    calls: upstream.log.calls,
    received: upstream.received,
    refusals: upstream.refusals,
    stop: server.stop,
  };
}

/** Where an answer goes, and under which id. */
interface Place {
  readonly line: Line;
  readonly requestId: string;
}

class Upstream {
  readonly log = new CallLog<MessagesBody, Refusal>();
  readonly received: Received[] = [];
  readonly refusals: Refusal[] = [];
  readonly #options: FakeAnthropicOptions;
  readonly #cache = new PromptCache();
  readonly #sideRoutes: SideRoutes;
  #answers = 0;

  constructor(options: FakeAnthropicOptions) {
    this.#options = options;
    this.#sideRoutes = new SideRoutes((params) => this.#answerOne(params));
  }

  async answer(received: Received, line: Line): Promise<void> {
    this.received.push(received);
    const { method, path, headers } = received;
    const requestId = `req_01${Bun.hash(`request ${this.received.length}`).toString(36).padStart(22, '0')}`;
    for (const [name, value] of Object.entries(answerHeaders(requestId, isOAuth(headers)))) {
      line.response.setHeader(name, value);
    }
    if (method === 'HEAD' && path === '/') return void (await sendJson(200, '', {}, line));
    const place = { line, requestId };
    const { apiKey, oauthToken } = this.#options;
    const refusal = accessRefusal(headers, { apiKey, oauthToken });
    if (refusal !== undefined) return void (await this.#refuse(refusal, place));
    if (`${method} ${path}` === 'POST /v1/messages') return await this.#messages(received, place);
    if (`${method} ${path}` === 'POST /v1/messages/count_tokens') return await this.#count(received, place);
    await this.#aside(received, place);
  }

  async #messages(received: Received, place: Place): Promise<void> {
    const body = parseJson(received.text);
    const judged = this.#judge(body, received.headers, false);
    if (!isMessagesBody(body)) return void (await this.#refuse(judged ?? unreadable, place));
    await this.log.note(received, body, judged, (call) =>
      judged === undefined ? this.#play(call, place.line) : this.#refuse(judged, place),
    );
  }

  async #play(call: MessagesCall, line: Line): Promise<CallEnd> {
    const envelope = this.#envelope(call.body);
    const reply = await this.#options.model(call);
    if (call.body.stream === true) {
      return playStream(reply, new EventWriter(envelope), line, this.#options.paceMs ?? 0);
    }
    return playWhole(reply, () => wholeMessage(reply, envelope), line);
  }

  async #count(received: Received, place: Place): Promise<void> {
    const body = parseJson(received.text);
    const judged = this.#judge(body, received.headers, true);
    if (judged !== undefined || !isMessagesBody(body)) return void (await this.#refuse(judged ?? unreadable, place));
    await sendJson(200, { input_tokens: this.#cache.measure(body) }, {}, place.line);
  }

  async #aside(received: Received, place: Place): Promise<void> {
    const answer = (await this.#sideRoutes.answer(received)) ?? { refusal: notFound('Not Found') };
    if ('refusal' in answer) return void (await this.#refuse(answer.refusal, place));
    if ('json' in answer) return void (await sendJson(200, answer.json, {}, place.line));
    place.line.response.setHeader('content-type', answer.contentType);
    await send(answer.bytes, place.line);
    await finishBody(place.line);
  }

  /** One request of a batch. */
  async #answerOne(params: unknown): Promise<{ message: unknown } | { refusal: Refusal }> {
    const headers = new Headers();
    const judged = this.#judge(params, headers, false);
    if (judged !== undefined || !isMessagesBody(params)) return { refusal: judged ?? unreadable };
    const call = { body: params, text: JSON.stringify(params), headers, index: this.log.calls.length };
    return { message: wholeMessage(await this.#options.model(call), this.#envelope(params)) };
  }

  #judge(body: unknown, headers: Headers, isCount: boolean): Refusal | undefined {
    const version = headers.get('anthropic-version') ?? '';
    const { rules = {} } = this.#options;
    return judge(body, { rules, betas: betasOf(headers), version, cache: this.#cache, isCount });
  }

  #envelope(body: MessagesBody): Envelope {
    this.#answers += 1;
    const digits = Bun.hash(`${this.#answers}/${body.model}`).toString(36);
    const showsThinking = !isRecord(body.thinking) || body.thinking.display !== 'omitted';
    return {
      id: `msg_01${digits.padStart(22, '0')}`,
      model: body.model,
      prompt: this.#cache.admit(body),
      showsThinking,
    };
  }

  #refuse(refusal: Refusal, { line, requestId }: Place): Promise<CallEnd> {
    this.refusals.push(refusal);
    return sendJson(refusal.status, errorBody(refusal, requestId), {}, line);
  }
}

const unreadable = invalid('The request body is not valid JSON');

function errorBody({ type, message }: Refusal, requestId: string | null): unknown {
  return { type: 'error', error: { type, message }, request_id: requestId };
}
