import { makeAnswer } from './answers.ts';
import type { RequestShape } from './bodies.ts';
import type { HttpAnswer } from './http-connection.ts';

/** Cheap, for every answer: it succeeded and its end is there. */
export function looksWhole(answer: HttpAnswer, stream: boolean): boolean {
  if (answer.status !== 200) return false;
  return stream
    ? /message_stop|\[DONE\]|"output_tokens_details"|"finishReason"/.test(answer.rawTail)
    : answer.rawTail.includes('}');
}

/** Dear, for some answers: every text and argument piece of the upstream arrived, in order, in whatever dialect. */
export function isExact(body: string, { stream, answer }: RequestShape): boolean {
  const expected = makeAnswer(answer.dialect, answer.count);
  const { text, toolArguments } = stream ? readStream(body) : readWhole(JSON.parse(body));
  return (
    text === expected.text &&
    (toolArguments === expected.toolArguments || toolArguments === reencoded(expected.toolArguments))
  );
}

/** Where arguments are an object, they are written anew. */
function reencoded(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

interface Understood {
  text: string;
  toolArguments: string;
}

/** What the bytes of a stream say, in whatever dialect. */
export function readStream(body: string): Understood {
  const understood: Understood = { text: '', toolArguments: '' };
  for (const line of body.split('\n')) {
    if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
    const event: unknown = JSON.parse(line.slice(6));
    understood.text +=
      textAt(event, 'delta', 'text') +
      pieceOf(event, 'response.output_text.delta') +
      textAt(event, 'choices', 0, 'delta', 'content') +
      textAt(event, 'candidates', 0, 'content', 'parts', 0, 'text');
    understood.toolArguments +=
      textAt(event, 'delta', 'partial_json') +
      pieceOf(event, 'response.function_call_arguments.delta') +
      textAt(event, 'choices', 0, 'delta', 'tool_calls', 0, 'function', 'arguments') +
      jsonAt(event, 'candidates', 0, 'content', 'parts', 0, 'functionCall', 'args');
  }
  return understood;
}

function readWhole(answer: unknown): Understood {
  const content = at(answer, 'content');
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  return {
    text:
      blocks.map((block) => textAt(block, 'text')).join('') +
      textAt(answer, 'output', 1, 'content', 0, 'text') +
      textAt(answer, 'choices', 0, 'message', 'content') +
      textAt(answer, 'candidates', 0, 'content', 'parts', 0, 'text'),
    toolArguments:
      blocks.map((block) => jsonAt(block, 'input')).join('') +
      textAt(answer, 'output', 2, 'arguments') +
      textAt(answer, 'choices', 0, 'message', 'tool_calls', 0, 'function', 'arguments') +
      jsonAt(answer, 'candidates', 0, 'content', 'parts', 1, 'functionCall', 'args'),
  };
}

/** In the Responses API a piece of text and one of arguments stand in the same field. */
function pieceOf(event: unknown, type: string): string {
  return textAt(event, 'type') === type ? textAt(event, 'delta') : '';
}

function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

function jsonAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return found === undefined ? '' : JSON.stringify(found);
}

function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}
