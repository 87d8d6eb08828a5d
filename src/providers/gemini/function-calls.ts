import { isRecord } from '../../messages/json.ts';
import { repairToolInput } from '../../messages/tool-input.ts';
import { type Fields, textOf } from './answer-wire.ts';
import { StreamedArguments, UnreadableArguments } from './streamed-arguments.ts';

/** One call of the model's, as far as it has come. */
export interface ReadCall {
  /** As the model wrote it. */
  readonly name: string;
  /** Gemini's own id of it: Vertex AI and older models give none. */
  readonly id: string | undefined;
  /** The arguments as JSON; not closed where `half`. */
  readonly json: string;
  readonly signature: string | undefined;
  /** The answer was cut off before the call was whole. */
  readonly half: boolean;
}

interface OpenCall {
  readonly name: string;
  readonly id: string | undefined;
  signature: string | undefined;
  readonly input: StreamedArguments;
  /** Its last part has said that more of it comes. */
  goesOn: boolean;
}

/**
 * Reads `functionCall` parts. Nearly always one part is one whole call; Vertex AI can also stream the arguments: a part
 * with the name, parts with pieces, and an empty part at the end, which may be missing.
 */
export class FunctionCallReader {
  #open: OpenCall | undefined;

  /** Whether a call is still coming. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** One part; returns the calls that are whole by it. Throws UnreadableArguments. */
  read(call: Fields, signature: string | undefined): readonly ReadCall[] {
    const name = textOf(call.name);
    const id = textOf(call.id);
    const pieces = Array.isArray(call.partialArgs) ? call.partialArgs : undefined;
    const goesOn = call.willContinue === true;
    const open = this.#open;
    if (open !== undefined && belongsTo(open, name, id, pieces)) {
      open.signature ??= signature;
      open.goesOn = goesOn;
      addTo(open.input, pieces, call.args);
      // Nothing in it is how a streamed call ends.
      return pieces === undefined && call.args === undefined && !goesOn ? this.end(false) : [];
    }
    const ended = this.end(false);
    if (name === undefined) {
      if (pieces === undefined && call.args === undefined) return ended;
      throw new UnreadableArguments('arguments without the name of a tool');
    }
    if (pieces === undefined && !goesOn) {
      return [...ended, { name, id, json: wholeInput(call.args), signature, half: false }];
    }
    this.#open = { name, id, signature, input: new StreamedArguments(), goesOn };
    addTo(this.#open.input, pieces, call.args);
    return ended;
  }

  /** Something else begins, or the answer ends; `cut`: it was cut off, so that the call may lack something. */
  end(cut: boolean): readonly ReadCall[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const { name, id, signature, input } = open;
    return [{ name, id, signature, half: cut, json: cut ? input.json.slice(0, -1) : input.json }];
  }
}

/**
 * Whether a part goes on with the call that is open. One with a name begins the next call, even where the end of the last
 * one never came; unless it names the same call by its id, or brings the pieces that this call was said to go on with.
 */
function belongsTo(open: OpenCall, name: string | undefined, id: string | undefined, pieces: unknown): boolean {
  if (id !== undefined && open.id !== undefined) {
    if (id === open.id) return true;
    if (name === undefined) throw new UnreadableArguments('pieces of two calls in turns');
    return false;
  }
  return name === undefined || (name === open.name && open.goesOn && pieces !== undefined);
}

function addTo(input: StreamedArguments, pieces: readonly unknown[] | undefined, args: unknown): void {
  if (isRecord(args)) input.addWhole(args);
  if (pieces !== undefined) input.add(pieces);
}

/** Absent arguments are none; rarely they are a string that holds the object. */
function wholeInput(args: unknown): string {
  if (args === undefined || args === null) return '{}';
  const input = typeof args === 'string' ? repairToolInput(args) : args;
  if (!isRecord(input)) throw new UnreadableArguments('arguments that are no object');
  return JSON.stringify(input);
}
