import { CallLog } from '../../call-log.ts';
import { isRecord, parseJson } from '../../json.ts';
import { type CallEnd, finishBody, type Line, send, sendJson } from '../../line.ts';
import type { Received } from '../../loopback-server.ts';
import { playStream, playWhole, sseFrame } from '../../play-reply.ts';
import type { Script } from '../../script.ts';
import { reasons } from '../models.ts';
import { PromptCache, type PromptParts, withoutData } from '../prompt-cache.ts';
import { badRequest, type Refusal } from '../refusal.ts';
import type { ShapeCheck } from '../request-shape.ts';
import type { Rules } from '../rules.ts';
import { effortOf } from './parameter-rules.ts';
import { ReasoningMemory } from './reasoning-memory.ts';
import { responseObject } from './response-object.ts';
import { type ResponseEnvelope, ResponseWriter } from './response-writer.ts';
import { isResponsesRequest, type ResponsesCall, type ResponsesRequest } from './responses-request.ts';
import { judge, judgeLength, ruledFamily } from './rules.ts';

export interface ResponsesApiOptions {
  readonly model: Script<ResponsesRequest>;
  readonly rules: Rules;
  readonly paceMs: number;
  /** Checks the body of a call, and of one that only wants to know its length. */
  readonly shapes: { readonly create: ShapeCheck; readonly count: ShapeCheck } | undefined;
  /** Notes a refusal and sends it. */
  readonly refuse: (refusal: Refusal, line: Line) => Promise<CallEnd>;
  /** Notes a refusal that reaches the client in another way. */
  readonly note: (refusal: Refusal) => void;
}

const unreadable = badRequest(null, null, 'We could not parse the JSON body of your request.');

/** `/v1/responses` and `/v1/responses/input_tokens` of the fake. */
export class ResponsesApi {
  readonly log = new CallLog<ResponsesRequest, Refusal>();
  readonly memory = new ReasoningMemory();
  readonly #options: ResponsesApiOptions;
  readonly #cache = new PromptCache(promptOf);

  constructor(options: ResponsesApiOptions) {
    this.#options = options;
  }

  async answer(received: Received, line: Line): Promise<void> {
    const { rules, refuse, shapes } = this.#options;
    const body = parseJson(received.text);
    const misshapen = isRecord(body) ? shapes?.create(withItemTypes(body)) : undefined;
    if (!isResponsesRequest(body)) return void (await refuse(misshapen ?? unreadable, line));
    const judged = misshapen ?? judge(body, rules, this.memory);
    const tooLong = judged === undefined ? judgeLength(body, rules, this.#cache) : undefined;
    await this.log.note(received, body, judged ?? tooLong, (call) => {
      if (judged !== undefined) return refuse(judged, line);
      this.memory.inspect(body);
      if (tooLong === undefined) return this.#play(call, line);
      return body.stream === true ? this.#fail(body, tooLong, line) : refuse(tooLong, line);
    });
  }

  /** The counter: the same prompt, but nothing of how to answer it. */
  async count({ text }: Received, line: Line): Promise<void> {
    const body = parseJson(text);
    const misshapen = isRecord(body) ? this.#options.shapes?.count(withItemTypes(body)) : undefined;
    const judged = misshapen ?? (isResponsesRequest(body) ? undefined : unreadable);
    if (judged !== undefined || !isResponsesRequest(body)) {
      return void (await this.#options.refuse(judged ?? unreadable, line));
    }
    const { messageTokens, toolTokens } = this.#cache.measure(body);
    const counted = { object: 'response.input_tokens', input_tokens: messageTokens + toolTokens };
    await sendJson(200, counted, {}, line);
  }

  async #play(call: ResponsesCall, line: Line): Promise<CallEnd> {
    const reply = await this.#options.model(call);
    const envelope = this.#envelope(call.body);
    const writer = new ResponseWriter(reply, envelope);
    const whole = () => {
      for (const step of reply) writer.write(step);
      writer.close();
      return writer.response();
    };
    try {
      if (call.body.stream === true) return await playStream(reply, writer, line, this.#options.paceMs);
      return await playWhole(reply, whole, line);
    } finally {
      this.memory.issue(envelope.id, writer.done);
    }
  }

  /** In a stream the status has long been sent when the length is found out. */
  async #fail(body: ResponsesRequest, { message, code, ...refusal }: Refusal, line: Line): Promise<CallEnd> {
    this.#options.note({ message, code, ...refusal });
    const begun = responseObject(this.#nextId(), now(), body, 'in_progress');
    const failed = { ...begun, status: 'failed', error: { code, message } };
    const events = [
      { type: 'response.created', sequence_number: 0, response: begun },
      { type: 'response.in_progress', sequence_number: 1, response: begun },
      { type: 'response.failed', sequence_number: 2, response: failed },
    ];
    for (const event of events) {
      if (!(await send(sseFrame(event, event.type), line))) return 'client-left';
    }
    return finishBody(line);
  }

  #envelope(body: ResponsesRequest): ResponseEnvelope {
    const family = ruledFamily(body.model, this.#options.rules);
    const include: readonly unknown[] = Array.isArray(body.include) ? body.include : [];
    const options = isRecord(body.stream_options) ? body.stream_options : {};
    const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
    return {
      id: this.#nextId(),
      createdAt: now(),
      body,
      prompt: this.#cache.admit(body),
      reasons: (family.efforts === undefined || reasons(family)) && effortOf(body, family) !== 'none',
      showsSummaries: typeof reasoning.summary === 'string',
      includesEncrypted: include.includes('reasoning.encrypted_content'),
      includesSources: include.includes('web_search_call.action.sources'),
      includesObfuscation: options.include_obfuscation !== false,
      hasPhases: family.phases,
    };
  }

  #nextId(): string {
    return `resp_${Bun.hash(`response ${this.log.calls.length}`).toString(16).padStart(16, '0').repeat(3)}`;
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** A message may leave out its type; the published schema tells items apart by it. */
function withItemTypes(body: Record<string, unknown>): unknown {
  if (!Array.isArray(body.input)) return body;
  const input = body.input.map((item: unknown) =>
    isRecord(item) && item.type === undefined && item.role !== undefined ? { type: 'message', ...item } : item,
  );
  return { ...body, input };
}

function promptOf({ tools = [], instructions, text, input }: ResponsesRequest): PromptParts {
  const format = isRecord(text) ? (text.format ?? null) : null;
  const head = JSON.stringify(tools) + JSON.stringify(format) + JSON.stringify(instructions ?? null);
  return {
    tools: head === '[]nullnull' ? '' : head,
    // Without the closing bracket: a longer conversation then begins with the whole of the shorter one.
    messages: JSON.stringify(input, withoutData).slice(0, -1),
  };
}
