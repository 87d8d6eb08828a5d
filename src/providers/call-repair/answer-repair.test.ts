import { describe, expect, test } from 'bun:test';
import { MessagesGrammar } from '../../../test/messages-grammar.ts';
import { noCallMemory } from '../../../test/no-call-memory.ts';
import { EventWriter } from '../../messages/event-writer.ts';
import type { MessageEvent, MessagesRequest, StopReason } from '../../messages/types.ts';
import { closingUsage, openingUsage } from '../../translation/answer-usage.ts';
import { refusalDetails } from '../../translation/refusal-details.ts';
import { nameRule } from '../openai/name-rule.ts';
import { AnswerRepair } from './answer-repair.ts';

const longName = 'mcp__a-server-with-a-long-name__a-tool-whose-name-is-longer-than-most-do-take';
const request: MessagesRequest = {
  model: 'm',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Go.' }],
  tools: [
    {
      name: 'Read',
      input_schema: {
        type: 'object',
        required: ['file_path'],
        properties: { file_path: { type: 'string' }, limit: { type: 'integer' } },
      },
    },
    { name: 'TodoWrite', input_schema: { type: 'object', properties: { todos: { type: 'array' } } } },
    { name: longName, input_schema: { type: 'object' } },
  ],
};

/** What a model says, piece by piece, as the dialect's translator would write it. */
type Said = { readonly text: string } | { readonly call: string; readonly input: string; readonly open?: boolean };

interface Ending {
  readonly stopReason?: StopReason;
  readonly cut?: boolean;
  /** How many letters come at a time. */
  readonly size?: number;
}

function eventsOf(said: readonly Said[], { stopReason = 'end_turn', cut = false, size = 1_000_000 }: Ending) {
  let ids = 0;
  const writer = new EventWriter({
    id: 'msg_1',
    model: 'm',
    usage: openingUsage(1, null),
    stopSequences: [],
    contextManaged: false,
    isKnownToolId: () => false,
    newToolId: () => `toolu_native_${++ids}`,
  });
  const events: MessageEvent[] = [];
  for (const one of said) {
    const tool = 'call' in one ? writer.beginTool() : undefined;
    if (tool !== undefined && 'call' in one) writer.identifyTool(tool, { name: one.call });
    const letters = 'call' in one ? one.input : one.text;
    for (let at = 0; at < letters.length; at += size) {
      const piece = letters.slice(at, at + size);
      if (tool === undefined) writer.text(piece);
      else writer.toolInput(tool, piece);
      events.push(...writer.take());
    }
    if (tool !== undefined && !('open' in one)) writer.endTool(tool);
  }
  const stopDetails = stopReason === 'refusal' ? refusalDetails('No.') : null;
  writer.finish({ stopReason, stopDetails, usage: closingUsage(undefined, { input: 1, output: 1 }), cut });
  return [...events, ...writer.take()];
}

/** Blocks and ending as one line: `text(…) Read(…) tool_use`; an open block has no closing bracket. */
function shown(events: readonly MessageEvent[]): string {
  const grammar = new MessagesGrammar();
  let line = '';
  for (const event of events) {
    grammar.add(event);
    if (event.type === 'content_block_start') {
      const { content_block: block } = event;
      line += `${'name' in block ? block.name : block.type}(`;
    } else if (event.type === 'content_block_delta') {
      const { delta } = event;
      line += delta.type === 'text_delta' ? delta.text : delta.type === 'input_json_delta' ? delta.partial_json : '';
    } else if (event.type === 'content_block_stop') line += ') ';
    else if (event.type === 'message_delta') line += event.delta.stop_reason;
  }
  expect(grammar.complete).toBe(true);
  return line;
}

function repaired(said: readonly Said[], ending: Ending = {}, more: Partial<MessagesRequest> = {}): [string, string] {
  const notes: string[] = [];
  let ids = 0;
  const repair = new AnswerRepair({ ...request, ...more }, nameRule, {
    messageId: 'msg_1',
    newId: (prefix) => `${prefix}${++ids}`,
    inputTokenEstimate: 1,
    sessionId: undefined,
    agentId: undefined,
    repairs: [],
    calls: noCallMemory,
    noteCallRepair: (what) => notes.push(what),
  });
  const events = eventsOf(said, ending).flatMap((event) => repair.repair([event]));
  return [shown(events), notes.join(' ')];
}

/** The same however the text is cut: whole, and after each letter, each second, each third. */
function written(text: string, more: Partial<MessagesRequest> = {}): string {
  const [whole] = repaired([{ text }], {}, more);
  for (const size of [1, 2, 3, 7]) expect(repaired([{ text }], { size }, more)[0]).toBe(whole);
  for (let at = 1; at < text.length; at++) {
    expect(
      repaired(
        [{ text: text.slice(0, at) }, { text: text.slice(at) }].filter(({ text }) => text !== ''),
        {},
        more,
      )[0],
    ).toBe(whole);
  }
  return whole;
}

const a = '{"file_path":"/a"}';
const b = '{"file_path":"/b"}';

describe('calls written as text', () => {
  const cases: readonly [form: string, text: string, shown: string][] = [
    [
      'Hermes',
      'I look.\n\n<tool_call>\n{"name": "Read", "arguments": {"file_path": "/a", "limit": "5"}}\n</tool_call>',
      'text(I look.\n\n) Read({"file_path":"/a","limit":5}) tool_use',
    ],
    [
      'Hermes, two',
      `<tool_call>{"name":"Read","arguments":${a}}</tool_call>\n<tool_call>{"name":"Read","arguments":${b}}</tool_call>`,
      `Read(${a}) Read(${b}) tool_use`,
    ],
    ['Hermes, not closed', `<tool_call>{"name":"Read","arguments":${a}}`, `Read(${a}) tool_use`],
    [
      'Hermes, broken',
      `<tool_call>{'name': 'Read', 'arguments': {'file_path': '/a'}}</tool_call>`,
      `Read(${a}) tool_use`,
    ],
    [
      'Qwen3-Coder',
      '<tool_call>\n<function=Read>\n<parameter=file_path>\n/a\n</parameter>\n<parameter=limit>\n5\n</parameter>\n</function>\n</tool_call>',
      'Read({"file_path":"/a","limit":5}) tool_use',
    ],
    [
      'Qwen3-Coder without its opening tag',
      'So:\n<function=Read>\n<parameter=file_path>\n5\n</parameter>\n</function>\n</tool_call>\n',
      'text(So:\n) Read({"file_path":"5"}) tool_use',
    ],
    ['Llama 3.1’s functions', `<function=Read>${a}</function>`, `Read(${a}) tool_use`],
    ['Llama 3', `<|python_tag|>{"name":"Read","parameters":${a}}<|eom_id|>`, `Read(${a}) tool_use`],
    [
      'Llama 3, two',
      `<|python_tag|>{"name":"Read","parameters":${a}}; {"name":"Read","parameters":${b}}`,
      `Read(${a}) Read(${b}) tool_use`,
    ],
    ['nothing but JSON', ` {"name": "Read", "parameters": ${a}}`, `Read(${a}) tool_use`],
    ['nothing but JSON, in a fence', `\`\`\`json\n{"name": "read", "arguments": ${a}}\n\`\`\``, `Read(${a}) tool_use`],
    [
      'nothing but JSON, as OpenAI',
      `{"type":"function","function":{"name":"Read","arguments":${JSON.stringify(a)}}}`,
      `Read(${a}) tool_use`,
    ],
    [
      'Mistral',
      `[TOOL_CALLS][{"name":"Read","arguments":${a}},{"name":"Read","arguments":${b}}]`,
      `Read(${a}) Read(${b}) tool_use`,
    ],
    [
      'Mistral, newer',
      `[TOOL_CALLS]Read[ARGS]${a}[TOOL_CALLS]Read[CALL_ID]abc123XYZ[ARGS]${b}`,
      `Read(${a}) Read(${b}) tool_use`,
    ],
    [
      'DeepSeek V3',
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>Read\n\`\`\`json\n${a}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
      `Read(${a}) tool_use`,
    ],
    [
      'DeepSeek V3.1',
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>Read<｜tool▁sep｜>${a}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
      `Read(${a}) tool_use`,
    ],
    [
      'gpt-oss',
      `<|channel|>commentary to=functions.Read <|constrain|>json<|message|>${a}<|call|>`,
      `Read(${a}) tool_use`,
    ],
    [
      'gpt-oss, the name first',
      `<|start|>assistant to=functions.Read<|channel|>commentary json<|message|>${a}`,
      `Read(${a}) tool_use`,
    ],
    [
      'GLM',
      '<tool_call>Read\n<arg_key>file_path</arg_key>\n<arg_value>/a</arg_value>\n<arg_key>limit</arg_key>\n<arg_value>5</arg_value>\n</tool_call>',
      'Read({"file_path":"/a","limit":5}) tool_use',
    ],
    [
      'Kimi',
      `<|tool_calls_section_begin|><|tool_call_begin|>functions.Read:0<|tool_call_argument_begin|>${a}<|tool_call_end|><|tool_calls_section_end|>`,
      `Read(${a}) tool_use`,
    ],
  ];
  test.each(cases)('%s', (_, text, wanted) => {
    expect(written(text)).toBe(wanted);
  });
});

describe('what stays text', () => {
  const cases: readonly [what: string, text: string][] = [
    ['words about a form', 'Write `<tool_call>` in front, or [TOOL_CALLS] or <function=...>.'],
    ['a tool that was not offered', '<tool_call>{"name":"Format","arguments":{"disk":"c"}}</tool_call> Done.'],
    [
      'an example in a fence',
      `So:\n\`\`\`\n<tool_call>{"name":"Read","arguments":${a}}</tool_call>\n\`\`\`\nAll clear?`,
    ],
    ['other JSON', '{"name": "Bob", "age": 3}'],
    ['a list of JSON', '[{"title": "x"}]'],
    ['JSON behind text', `The answer: {"name":"Read","parameters":${a}}`],
    ['the beginning of a form', 'a < b [1] <tool_cal'],
    ['a form without an end', '<tool_call>{"name":"Read","arguments":{"file_path":"/a'],
    ['a form cut inside', '<|channel|>commentary to=functions.Read <|message|>{"file_path":"/a"'],
    ['GLM’s without an end', '<tool_call>Read\n<arg_key>file_path</arg_key>'],
    ['blanks and text', '\n\n  so'],
    ['blanks and what might have been a form', '\n <tool_x'],
  ];
  test.each(cases)('%s', (_, text) => {
    expect(written(text)).toBe(`text(${text}) end_turn`);
  });

  test('everything, where no tool may be called', () => {
    const text = `<tool_call>{"name":"Read","arguments":${a}}</tool_call>`;
    expect(written(text, { tool_choice: { type: 'none' } })).toBe(`text(${text}) end_turn`);
  });

  test('JSON that was asked for', () => {
    const text = `{"name":"Read","parameters":${a}}`;
    const format = { type: 'json_schema', schema: {} } as const;
    expect(written(text, { output_config: { format } })).toBe(`text(${text}) end_turn`);
  });
});

describe('a call in the text and what else there is', () => {
  const call = `<tool_call>{"name":"Read","arguments":${a}}</tool_call>`;

  test('where the server has taken the call out as well, it is not run twice', () => {
    expect(repaired([{ text: `So. ${call}` }, { call: 'Read', input: a }], { stopReason: 'tool_use' })).toEqual([
      `text(So. ) Read(${a}) tool_use`,
      '',
    ]);
  });

  test('where only one call was wished for, the first counts', () => {
    const one = { type: 'auto', disable_parallel_tool_use: true } as const;
    expect(repaired([{ text: call + call }], {}, { tool_choice: one })[0]).toBe(`Read(${a}) tool_use`);
  });

  test('the length of the answer still ends it', () => {
    expect(repaired([{ text: `${call} and then` }], { stopReason: 'max_tokens', cut: true })[0]).toBe(
      `text(and then) Read(${a}) max_tokens`,
    );
  });

  test('nothing is called in a refusal', () => {
    expect(repaired([{ text: `No. ${call}` }], { stopReason: 'refusal' })[0]).toBe('text(No. ) refusal');
  });
});

describe('calls of the server’s own form', () => {
  test('what is right goes through event by event', () => {
    const events = eventsOf([{ text: 'So.' }, { call: 'Read', input: a }], { stopReason: 'tool_use', size: 3 });
    const repair = new AnswerRepair(request, nameRule, {
      messageId: 'msg_1',
      newId: (prefix) => prefix,
      inputTokenEstimate: 1,
      sessionId: undefined,
      agentId: undefined,
      repairs: [],
      calls: noCallMemory,
    });
    expect(shown(events.flatMap((event) => repair.repair([event])))).toBe(shown(events));
  });

  const cases: readonly [written: string, name: string, notes: string][] = [
    ['read', 'Read', 'name'],
    ['functions.Read', 'Read', 'name'],
    ['default_api:todo_write', 'TodoWrite', 'name'],
    ['todo-write', 'TodoWrite', 'name'],
    ['TodoWrit', 'TodoWrite', 'name'],
    ['TodoRead', 'TodoRead', ''],
    ['Red', 'Red', ''],
    [longName.toUpperCase(), longName, 'name'],
    ['Bash', 'Bash', ''],
  ];
  test.each(cases)('%s', (name, called, notes) => {
    const [line, noted] = repaired([{ call: name, input: '{}' }], { stopReason: 'tool_use' });
    expect([line, noted]).toEqual([`${called}({}) tool_use`, notes]);
  });

  test('two tools that come out alike are not taken for each other', () => {
    const toolsOf = (names: readonly string[]) =>
      names.map((name) => ({ name, input_schema: { type: 'object' as const } }));
    const [tools, near] = [toolsOf(['get_it', 'getIt']), toolsOf(['get_ip', 'get_id'])];
    expect(repaired([{ call: 'get_is', input: '{}' }], { stopReason: 'tool_use' }, { tools: near })[0]).toBe(
      'get_is({}) tool_use',
    );
    expect(repaired([{ call: 'GetIt', input: '{}' }], { stopReason: 'tool_use' }, { tools })[0]).toBe(
      'GetIt({}) tool_use',
    );
  });

  test('arguments are repaired as the tool wants them, and closed where the model has ended', () => {
    expect(repaired([{ call: 'Read', input: '{"limit":"5","file_path":"/a"' }], { stopReason: 'tool_use' })).toEqual([
      'Read({"limit":5,"file_path":"/a"}) tool_use',
      'type json',
    ]);
  });

  test('arguments that were cut off stay as they came, and open', () => {
    for (const input of ['{"file_path":"/a"', '{"limit":"5', '{"file_path":"/a","limit":']) {
      const said = [{ call: 'Read', input, open: true }];
      expect(repaired(said, { stopReason: 'max_tokens', cut: true, size: 2 })).toEqual([`Read(${input}max_tokens`, '']);
    }
  });
});
