import { ownServerToolStart } from '../../messages/envelope.ts';
import type { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { AnswerFacts } from '../../translation/answer-facts.ts';
import type { OutputEstimate } from '../../translation/answer-usage.ts';
import type { Target, TranslationContext } from '../provider.ts';
import { type Fields, textOf } from './answer-wire.ts';
import { type ArgumentNames, sameNames } from './argument-names.ts';
import { toolUseIdOf } from './call-ids.ts';
import { readCallName } from './call-name.ts';
import { FunctionCallReader, type ReadCall } from './function-calls.ts';
import type { GroundedAnswer } from './grounding.ts';
import { HeldAnswer } from './held-answer.ts';
import { carriedLength, codeBlock, noteOf } from './other-parts.ts';
import { RepeatedBeginning } from './repeated-beginning.ts';
import { SignedBlocks } from './signed-blocks.ts';

/** Writes the parts of an answer as blocks, in their order. */
export class PartWriter {
  readonly #writer: EventWriter;
  readonly #facts: AnswerFacts;
  readonly #context: TranslationContext;
  readonly #output: OutputEstimate;
  readonly #blocks: SignedBlocks;
  readonly #argumentNames: ArgumentNames;
  /** Present where the model may search the web. */
  readonly #answer: HeldAnswer | undefined;
  /** Present where the request gives the beginning of the answer. */
  readonly #beginning: RepeatedBeginning | undefined;
  readonly #reader = new FunctionCallReader();
  readonly #toolUseIds = new Set<string>();
  #codeId: string | undefined;
  #wholeCalls = 0;
  #halfCall = false;
  #hasText = false;

  constructor(
    writer: EventWriter,
    facts: AnswerFacts,
    target: Target,
    context: TranslationContext,
    output: OutputEstimate,
    argumentNames: ArgumentNames,
    grounded: GroundedAnswer | undefined,
    given: string | undefined,
  ) {
    this.#writer = writer;
    this.#facts = facts;
    this.#context = context;
    this.#output = output;
    this.#blocks = new SignedBlocks(writer, facts, target);
    this.#argumentNames = argumentNames;
    this.#answer = grounded && new HeldAnswer(grounded, this.#blocks, writer);
    if (given !== undefined) {
      this.#beginning = new RepeatedBeginning(given, (text, signature) => this.#say(text, signature));
    }
  }

  /** Calls that came whole, also those that are left out. */
  get wholeCalls(): number {
    return this.#wholeCalls;
  }

  get halfCall(): boolean {
    return this.#halfCall;
  }

  get isInCall(): boolean {
    return this.#reader.isOpen;
  }

  get offersTools(): boolean {
    return this.#facts.offeredTools.size > 0;
  }

  /** Whether anything but thoughts and calls has been said. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** Throws UnreadableArguments. */
  write(part: Fields): void {
    const signature = textOf(part.thoughtSignature);
    if (isRecord(part.functionCall)) {
      for (const call of this.#reader.read(part.functionCall, signature)) this.#writeCall(call);
      return;
    }
    const carried = carriedLength(part);
    if (carried !== undefined) {
      this.#endCall();
      this.#emit(() => this.#blocks.part(part), carried);
      return;
    }
    const text = textOf(part.text) ?? '';
    if (part.thought === true) {
      this.#endCall();
      this.#output.add(text);
      this.#emit(() => this.#blocks.thought(text, signature), text.length + (signature?.length ?? 0));
      return;
    }
    const note = text === '' ? noteOf(part) : undefined;
    const code = text === '' && note === undefined ? this.#codeOf(part) : undefined;
    if (code !== undefined) {
      this.#endCall();
      this.#emit(() => {
        this.#blocks.beforeOther();
        this.#writer.whole(code);
      }, JSON.stringify(code).length);
      this.#hasText = true;
      return;
    }
    const said = note === undefined ? text : `\n${note}\n`;
    if (said === '' && signature === undefined) return;
    this.#endCall();
    this.#output.add(said);
    if (this.#beginning === undefined) this.#say(said, signature);
    else this.#beginning.text(said, signature);
  }

  /** The answer is over; `cut`: cut off, so that a call which was still coming is half a call. */
  end(cut: boolean): void {
    for (const call of this.#reader.end(cut)) this.#writeCall(call);
    this.#beginning?.release();
    this.#answer?.release();
    this.#blocks.end();
  }

  #endCall(): void {
    for (const call of this.#reader.end(false)) this.#writeCall(call);
  }

  #say(text: string, signature: string | undefined): void {
    this.#hasText ||= text.trim() !== '';
    if (this.#answer === undefined) this.#blocks.text(text, signature);
    else this.#answer.text(text, signature);
  }

  #emit(write: () => void, length: number): void {
    this.#beginning?.release();
    if (this.#answer === undefined) write();
    else this.#answer.other(write, length);
  }

  #writeCall(call: ReadCall): void {
    const leftOut = this.#facts.onlyFirstCall && this.#wholeCalls > 0;
    if (call.half) this.#halfCall = !leftOut;
    else this.#wholeCalls += 1;
    if (leftOut) return;
    this.#output.add(call.json);
    this.#emit(() => this.#emitCall(call), call.json.length + (call.signature?.length ?? 0));
  }

  #emitCall({ name, id, json, signature, half }: ReadCall): void {
    const toolUseId = this.#toolUseId(id);
    const envelope = this.#blocks.beforeCall(signature);
    if (envelope !== undefined && !half) this.#context.calls.remember(toolUseId, envelope);
    const tool = this.#writer.beginTool();
    this.#writer.identifyTool(tool, { id: toolUseId, name: readCallName(name, this.#facts) });
    this.#writer.toolInput(tool, half ? json : this.#named(json));
    if (!half) this.#writer.endTool(tool);
  }

  /** The arguments by the client's names. */
  #named(json: string): string {
    if (this.#argumentNames === sameNames) return json;
    const args: unknown = JSON.parse(json);
    return isRecord(args) ? JSON.stringify(this.#argumentNames.read(args)) : json;
  }

  /** Clients drop a second call with a known id. */
  #toolUseId(callId: string | undefined): string {
    const told = callId === undefined ? undefined : toolUseIdOf(callId);
    const known = told === undefined || this.#facts.knownToolIds.has(told) || this.#toolUseIds.has(told);
    const id = known ? this.#context.newId('toolu_') : told;
    this.#toolUseIds.add(id);
    return id;
  }

  #codeOf(part: Fields): ReturnType<typeof codeBlock> {
    if (isRecord(part.executableCode)) this.#codeId = this.#context.newId(ownServerToolStart);
    else if (isRecord(part.codeExecutionResult)) this.#codeId ??= this.#context.newId(ownServerToolStart);
    else return undefined;
    return codeBlock(part, this.#codeId);
  }
}
