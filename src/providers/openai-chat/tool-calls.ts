import type { ToolPart } from '../../messages/answer-parts.ts';
import type { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import { readToolInput } from '../../messages/tool-input.ts';
import type { AnswerFacts } from '../../translation/answer-facts.ts';
import { calledName } from '../../translation/called-name.ts';
import { UpstreamFailure } from '../provider.ts';

type Entry = Readonly<Record<string, unknown>>;

interface Call {
  /** Undefined for a call that is left out. */
  readonly tool: ToolPart | undefined;
  readonly index: number | undefined;
  id: string | undefined;
  /** The first name that came, and all that came, joined: very old servers cut names. */
  name: string;
  joinedName: string;
  named: boolean;
  /** `{}` came first; real arguments may still follow it. */
  sawEmptyObject: boolean;
  /** The arguments came as an object, and so at once. */
  whole: boolean;
  lastChunk: number;
}

/**
 * Says which tool call a piece belongs to. OpenAI numbers them; compatible servers number all of them 0, leave numbers
 * or ids out, repeat names and whole arguments, or send everything in one piece.
 */
export class ToolCallReader {
  readonly #writer: EventWriter;
  readonly #facts: AnswerFacts;
  readonly #beforeBegin: () => void;
  readonly #calls: Call[] = [];
  #chunk = 0;

  constructor(writer: EventWriter, facts: AnswerFacts, beforeBegin: () => void) {
    this.#writer = writer;
    this.#facts = facts;
    this.#beforeBegin = beforeBegin;
  }

  /** The `tool_calls` of one delta; returns the text of their arguments. */
  read(entries: readonly unknown[]): string {
    this.#chunk += 1;
    let written = '';
    for (const entry of entries) if (isRecord(entry)) written += this.#readEntry(entry);
    return written;
  }

  /** No more pieces: names that were waited for have come or never will. */
  end(): void {
    for (const call of this.#calls) {
      this.#settleName(call);
      if (call.sawEmptyObject && call.tool?.input === '') this.#writer.endTool(call.tool);
    }
  }

  #readEntry(entry: Entry): string {
    const described = isRecord(entry.function) ? entry.function : entry;
    const index = typeof entry.index === 'number' ? entry.index : undefined;
    const id = typeof entry.id === 'string' && entry.id !== '' ? entry.id : undefined;
    const name = typeof described.name === 'string' ? described.name : '';
    const isObject = typeof described.arguments === 'object' && described.arguments !== null;
    const input = isObject
      ? JSON.stringify(described.arguments)
      : typeof described.arguments === 'string'
        ? described.arguments
        : '';

    const call = this.#find(index, id, name, input) ?? this.#begin(index, id);
    call.lastChunk = this.#chunk;
    call.id ??= id;
    if (call.tool === undefined) return '';
    this.#writer.identifyTool(call.tool, { id });
    this.#addName(call, name);
    if (input === '') return '';
    this.#settleName(call);
    const added = this.#addInput(call, call.tool, input) ? input : '';
    if (isObject) {
      call.whole = true;
      this.#writer.endTool(call.tool);
    }
    return added;
  }

  #find(index: number | undefined, id: string | undefined, name: string, input: string): Call | undefined {
    const known = this.#lastOf(index, id, name);
    if (known === undefined) return undefined;
    if (id !== undefined && known.id !== undefined) return known.id === id ? known : undefined;
    if (id !== undefined || name === '') return known;
    // Neither number nor id tells the next call from this one: a name beside arguments that are whole does.
    if (known.lastChunk === this.#chunk) return undefined;
    if (known.name === name && isRepeat(known, input)) return known;
    if (index === undefined && known.name !== '' && known.name !== name && hasWholeInput(known)) return undefined;
    return hasWholeInput(known) && readToolInput(input) !== undefined ? undefined : known;
  }

  #lastOf(index: number | undefined, id: string | undefined, name: string): Call | undefined {
    if (index !== undefined) return this.#calls.findLast((call) => call.index === index);
    const latest = this.#calls.at(-1);
    if (id === undefined) return latest;
    // An id may come late, with the arguments.
    return (
      this.#calls.findLast((call) => call.id === id) ?? (latest?.id === undefined && name === '' ? latest : undefined)
    );
  }

  #begin(index: number | undefined, id: string | undefined): Call {
    const leftOut = this.#facts.onlyFirstCall && this.#calls.length > 0;
    if (!leftOut) this.#beforeBegin();
    const call: Call = {
      tool: leftOut ? undefined : this.#writer.beginTool(),
      index,
      id,
      name: '',
      joinedName: '',
      named: false,
      sawEmptyObject: false,
      whole: false,
      lastChunk: this.#chunk,
    };
    this.#calls.push(call);
    return call;
  }

  #addName(call: Call, name: string): void {
    if (name === '' || call.named) return;
    if (call.name === '') call.name = name;
    call.joinedName += name;
    for (const candidate of [call.name, call.joinedName]) {
      const clientName = this.#facts.readToolName(candidate);
      if (!this.#facts.offeredTools.has(clientName)) continue;
      this.#setName(call, clientName);
      return;
    }
  }

  /** A name that no offered tool has is waited on until arguments come: it may be the beginning of one. */
  #settleName(call: Call): void {
    if (call.named || call.name === '') return;
    this.#setName(call, calledName(call.name, this.#facts));
  }

  #setName(call: Call, name: string): void {
    call.named = true;
    if (call.tool !== undefined) this.#writer.identifyTool(call.tool, { name });
  }

  /** Whether the arguments were new. */
  #addInput(call: Call, tool: ToolPart, input: string): boolean {
    if (call.whole || isRepeat(call, input)) return false;
    if (tool.input === '' && input.trim() === '{}') {
      call.sawEmptyObject = true;
      return false;
    }
    if (tool.closed) {
      if (input.trim() === '') return false;
      throw new UpstreamFailure('upstream-malformed', 'The upstream went on with a tool call that was complete.');
    }
    this.#writer.toolInput(tool, input);
    return true;
  }
}

/** Whether these arguments are those the call already has: some servers repeat them whole when they finish. */
function isRepeat({ tool, sawEmptyObject }: Call, input: string): boolean {
  if (tool === undefined || input === '') return false;
  if (tool.input === '') return sawEmptyObject && input.trim() === '{}';
  if (input === tool.input) return tool.mayBeWhole && readToolInput(input) !== undefined;
  // Spelled differently; looked at only where it can be, since every look reads all arguments so far.
  if (!input.trimStart().startsWith('{') || input.length * 2 < tool.input.length) return false;
  const repeated = readToolInput(input);
  const present = repeated === undefined ? undefined : readToolInput(tool.input);
  return present !== undefined && JSON.stringify(present) === JSON.stringify(repeated);
}

function hasWholeInput({ tool, sawEmptyObject, whole }: Call): boolean {
  if (whole || tool === undefined) return true;
  return tool.input === '' ? sawEmptyObject : tool.mayBeWhole && readToolInput(tool.input) !== undefined;
}
