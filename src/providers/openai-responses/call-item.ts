import type { ToolPart } from '../../messages/answer-parts.ts';
import { isRecord } from '../../messages/json.ts';
import { readToolInput, repairToolInput } from '../../messages/tool-input.ts';
import { calledName } from '../../translation/called-name.ts';
import { UpstreamFailure } from '../provider.ts';
import { type Answer, type Fields, type OutputItem, restOf, textOf } from './output-item.ts';

/** A call of one of the client's tools; its name, id and arguments may come with its end only. */
export class CallItem implements OutputItem {
  readonly type = 'function_call';
  readonly #answer: Answer;
  readonly #tool: ToolPart;
  /** The reasoning right before it. */
  readonly #reasoning: string | undefined;
  #id: string | undefined;
  /** Arguments that stood in its beginning already; most servers leave them empty there. */
  #early = '';
  #isDone = false;

  constructor(answer: Answer) {
    this.#answer = answer;
    answer.thinking.seal();
    this.#reasoning = answer.thinking.claim();
    this.#tool = answer.writer.beginTool();
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  read(event: Fields): void {
    switch (event.type) {
      case 'response.output_item.added':
        if (!isRecord(event.item)) return;
        this.#identify(event.item);
        this.#early = textOf(event.item.arguments);
        return;
      case 'response.function_call_arguments.delta':
        this.#add(textOf(event.delta));
        return;
      case 'response.function_call_arguments.done':
        this.#identify(event);
        this.#complete(event.arguments);
        return;
    }
  }

  /**
   * Clients run a tool when its block stops. Half a call is said to be done as well, and by some servers even to be
   * completed: its block stops only where its arguments are whole, or at a good end of the answer.
   */
  done(item: Fields): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#identify(item);
    this.#complete(item.arguments);
    const tool = this.#tool;
    if (tool.input === '') this.#complete(this.#early);
    if (readToolInput(tool.input) === undefined) return;
    const { writer, context } = this.#answer;
    if (!tool.closed) writer.endTool(tool);
    // For clients that throw the thinking away.
    if (this.#id !== undefined && this.#reasoning !== undefined) context.calls.remember(this.#id, this.#reasoning);
  }

  #identify({ call_id: callId, name }: Fields): void {
    const { facts, writer, context, toolUseIds } = this.#answer;
    const told = textOf(callId);
    if (this.#id === undefined && told !== '') {
      // Clients drop a second call with a known id.
      const known = facts.knownToolIds.has(told) || toolUseIds.has(told);
      this.#id = known ? context.newId('toolu_') : told;
      toolUseIds.add(this.#id);
    }
    writer.identifyTool(this.#tool, {
      id: this.#id,
      name: textOf(name) === '' ? undefined : calledName(textOf(name), facts),
    });
  }

  #complete(whole: unknown): void {
    const json = typeof whole === 'object' && whole !== null ? JSON.stringify(whole) : textOf(whole);
    const rest = restOf(json, this.#tool.input.length);
    // Seen whole, broken arguments can often be repaired; what cannot goes on as it is, and its reader says so.
    this.#add(this.#tool.input === '' ? repaired(rest) : rest);
  }

  #add(json: string): void {
    if (json === '') return;
    if (this.#tool.closed) {
      if (json.trim() === '') return;
      throw new UpstreamFailure('upstream-malformed', 'The upstream went on with a tool call that was complete.');
    }
    this.#answer.output.add(json);
    this.#answer.writer.toolInput(this.#tool, json);
  }
}

function repaired(json: string): string {
  if (json.trim() === '' || readToolInput(json) !== undefined) return json;
  const input = repairToolInput(json);
  return input === undefined ? json : JSON.stringify(input);
}
