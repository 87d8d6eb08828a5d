import { jsonCalls, jsonObjectText, namedObjects } from './json-calls.ts';
import { functionTags, glmCall } from './tag-calls.ts';

/** A call as a model wrote it. `texts`: each argument as a text of its own, whatever its type. */
export interface WrittenCall {
  readonly name: string;
  readonly input: { readonly json: string } | { readonly texts: readonly (readonly [name: string, text: string])[] };
}

/** A way in which models write calls into their text, when the server does not take them out. */
export interface CallForm {
  /** What it begins with. */
  readonly start: string;
  /** How it goes on, blanks apart; anything else is a word about it, and no call. */
  readonly goesOn: RegExp;
  /** What it ends with; the end of the text always ends it. */
  readonly ends: readonly string[];
  /**
   * The calls between start and end; undefined where there are none. `closed`: whether its end was there, so that what
   * is missing inside was never meant to come.
   */
  readonly read: (inner: string, closed: boolean) => readonly WrittenCall[] | undefined;
}

const pythonEnds = ['<|eom_id|>', '<|eot_id|>'];
const harmonyEnds = ['<|call|>', '<|end|>'];

/** By family: the names of the models whose chat templates have it. */
export const callForms: readonly CallForm[] = [
  // Hermes, Qwen 2.5 and 3, Granite; Qwen3-Coder with functions in tags; GLM 4.5 with arguments in tags.
  {
    start: '<tool_call>',
    goesOn: /^[{[<\p{L}_]/u,
    ends: ['</tool_call>'],
    read: (inner, closed) => {
      const text = inner.trim();
      if (text.startsWith('<function=')) return functionTags(text);
      return /^[{[]/.test(text) ? jsonCalls(text, closed) : glmCall(text, closed);
    },
  },
  // Qwen3-Coder where it forgets the tag around it; Llama 3.1's own functions.
  {
    start: '<function=',
    goesOn: /^[\p{L}_]/u,
    ends: ['</function>'],
    read: (inner, closed) => (closed ? functionTags(`<function=${inner}</function>`) : undefined),
  },
  // Mistral.
  { start: '[TOOL_CALLS]', goesOn: /^[[{\p{L}_]/u, ends: [], read: (inner) => mistralCalls(inner) },
  // Llama 3.
  { start: '<|python_tag|>', goesOn: /^[{[]/, ends: pythonEnds, read: (inner, closed) => jsonCalls(inner, closed) },
  // DeepSeek V3, R1 and later.
  {
    start: '<｜tool▁calls▁begin｜>',
    goesOn: /^</,
    ends: ['<｜tool▁calls▁end｜>'],
    read: (inner) => deepseekCalls(inner),
  },
  // Kimi K2.
  {
    start: '<|tool_calls_section_begin|>',
    goesOn: /^</,
    ends: ['<|tool_calls_section_end|>'],
    read: (inner) => kimiCalls(inner),
  },
  // gpt-oss, whose format is called harmony.
  ...['<|channel|>commentary to=', '<|start|>assistant<|channel|>commentary to=', '<|start|>assistant to='].map(
    (start): CallForm => ({ start, goesOn: /^[\p{L}_]/u, ends: harmonyEnds, read: (inner) => harmonyCall(inner) }),
  ),
];

/** `[{"name": …, "arguments": …}]`, or `name[ARGS]{…}` once or more. */
function mistralCalls(inner: string): readonly WrittenCall[] | undefined {
  const text = inner.trim();
  return /^[[{]/.test(text) ? jsonCalls(text, false) : namedObjects(text.replaceAll('[TOOL_CALLS]', ' '));
}

/** Older: `function`, a separator, the name and a fence of JSON; newer: the name, a separator and JSON. */
function deepseekCalls(inner: string): readonly WrittenCall[] | undefined {
  const calls = between(inner, '<｜tool▁call▁begin｜>', '<｜tool▁call▁end｜>').map((call) => {
    const [first = '', ...rest] = call.split('<｜tool▁sep｜>');
    const behind = rest.join('');
    if (first.trim() !== 'function') return { name: first.trim(), input: { json: behind.trim() } };
    const name = /\S+/.exec(behind)?.[0] ?? '';
    const json = behind.slice(behind.indexOf(name) + name.length);
    return { name, input: { json: jsonObjectText(json) ?? json.trim() } };
  });
  return calls.length > 0 ? calls : undefined;
}

function kimiCalls(inner: string): readonly WrittenCall[] | undefined {
  const calls = between(inner, '<|tool_call_begin|>', '<|tool_call_end|>').map((call) => {
    const [name = '', json = ''] = call.split('<|tool_call_argument_begin|>');
    return { name: functionName(name), input: { json: json.trim() } };
  });
  return calls.length > 0 ? calls : undefined;
}

/** `functions.name <|constrain|>json<|message|>{…}`; the channel may stand behind the name. */
function harmonyCall(inner: string): readonly WrittenCall[] | undefined {
  const [head = '', json] = inner.split('<|message|>');
  const name = /^[^\s<]+/.exec(head)?.[0];
  return name === undefined || json === undefined
    ? undefined
    : [{ name: functionName(name), input: { json: json.trim() } }];
}

/** Both name the place of functions, Kimi also the how manieth call it is: `functions.name:0`. */
function functionName(written: string): string {
  return written
    .trim()
    .replace(/^functions\./, '')
    .replace(/:\d+$/, '');
}

/** The pieces between two marks; in one pass, whatever the text is. */
function between(text: string, start: string, end: string): string[] {
  return text
    .split(start)
    .slice(1)
    .flatMap((piece) => {
      const at = piece.indexOf(end);
      return at === -1 ? [] : [piece.slice(0, at)];
    });
}
