import { makeChatAnswer } from './chat-answer.ts';
import type { HttpAnswer } from './http-connection.ts';

/** Cheap, for every answer: it succeeded and its end is there. */
export function looksWhole(answer: HttpAnswer, stream: boolean): boolean {
  if (answer.status !== 200) return false;
  return stream ? /message_stop|\[DONE\]/.test(answer.rawTail) : answer.rawTail.includes('}');
}

/** Dear, for some answers: every text and argument piece of the upstream arrived, in order. Either dialect. */
export function isExact(body: string, stream: boolean, eventCount: number): boolean {
  const expected = makeChatAnswer(eventCount);
  const { text, toolArguments } = stream ? readStream(body) : readWhole(JSON.parse(body));
  return (
    text === expected.text &&
    (toolArguments === expected.toolArguments || toolArguments === reencoded(expected.toolArguments))
  );
}

/** A whole Messages answer holds the arguments as an object. */
function reencoded(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

interface Understood {
  text: string;
  toolArguments: string;
}

function readStream(body: string): Understood {
  const understood: Understood = { text: '', toolArguments: '' };
  for (const line of body.split('\n')) {
    if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
    const event: unknown = JSON.parse(line.slice(6));
    understood.text += textAt(event, 'delta', 'text') + textAt(event, 'choices', 0, 'delta', 'content');
    understood.toolArguments +=
      textAt(event, 'delta', 'partial_json') +
      textAt(event, 'choices', 0, 'delta', 'tool_calls', 0, 'function', 'arguments');
  }
  return understood;
}

function readWhole(answer: unknown): Understood {
  const input = at(answer, 'content', 1, 'input');
  return {
    text: textAt(answer, 'content', 0, 'text') + textAt(answer, 'choices', 0, 'message', 'content'),
    toolArguments:
      (input === undefined ? '' : JSON.stringify(input)) +
      textAt(answer, 'choices', 0, 'message', 'tool_calls', 0, 'function', 'arguments'),
  };
}

function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}
