import type { BetaTool } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { callTool, say } from '../upstreams/script.ts';
import {
  type Answered,
  assistant,
  bash,
  blockTypes,
  differsFrom,
  type Group,
  goOn,
  hello,
  read,
  result,
  textOf,
  used,
  user,
  usualAnswer,
  usualText,
} from './feature.ts';

const longName = `mcp__${'a-server-with-a-long-name_'.repeat(3)}_list_everything`;

function callCount(seen: Answered): number {
  return blockTypes(seen).filter((type) => type === 'tool_use').length;
}

function callsOf({ message }: Answered) {
  return message.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
}

const asItIs = 'calls of this model reach the client as they come';
const readLines: BetaTool = {
  ...read,
  input_schema: {
    type: 'object',
    properties: { path: { type: 'string' }, limit: { type: 'integer' } },
    required: ['path'],
  },
};
const callInText = '<tool_call>{"name": "Read", "arguments": {"path": "a.txt"}}</tool_call>';

export const tools: Group = {
  title: 'Tools',
  features: [
    {
      title: 'a call and its result',
      replies: () => [[callTool('Read', { path: 'a.txt' })], usualAnswer],
      fields: ['tools', 'messages'],
      body: { tools: [read] },
      next: (first) => ({ tools: [read], messages: goOn(first, ([id = '']) => [result(id, 'the file')]) }),
      check: (seen) =>
        textOf(seen) === usualText && seen.calls.at(-1)?.toolResults.join().includes('the file') === true,
    },
    {
      title: 'parallel calls, results in any order',
      replies: () => [[callTool('Read', { path: 'a.txt' }), callTool('Bash', { path: 'b.txt' })], usualAnswer],
      fields: ['tools', 'messages'],
      body: { tools: [read, bash] },
      next: (first) => ({
        tools: [read, bash],
        messages: goOn(first, ([read = '', bash = '']) => [result(bash, 'of Bash'), result(read, 'of Read')]),
      }),
      check: ({ calls }) => /of Read.*of Bash/s.test(calls.at(-1)?.toolResults.join() ?? ''),
    },
    {
      title: 'a failed call (`is_error`)',
      replies: () => [[callTool('Read', { path: 'a.txt' })], usualAnswer],
      fields: ['messages'],
      body: { tools: [read] },
      next: (first) => ({
        tools: [read],
        messages: goOn(first, ([id = '']) => [{ ...result(id, 'no such file'), is_error: true }]),
      }),
      check: (seen) => /error/.test(seen.calls.at(-1)?.text.slice(-600) ?? ''),
    },
    {
      title: 'one of the tools is forced',
      fields: ['tool_choice'],
      body: { tools: [read], tool_choice: { type: 'any' } },
      check: differsFrom({ tools: [read] }),
    },
    {
      title: 'one certain tool is forced',
      fields: ['tool_choice'],
      body: { tools: [read, bash], tool_choice: { type: 'tool', name: 'Bash' } },
      check: differsFrom({ tools: [read, bash] }),
    },
    {
      title: 'no tool may be called',
      fields: ['tool_choice'],
      body: { tools: [read], tool_choice: { type: 'none' } },
      check: differsFrom({ tools: [read] }),
    },
    {
      title: 'one call at a time',
      replies: () => [[callTool('Read', { path: 'a.txt' }), callTool('Read', { path: 'b.txt' })]],
      fields: ['tool_choice'],
      body: { tools: [read], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      check: (seen) => callCount(seen) === 1,
    },
    {
      title: 'schemas held to (`strict`)',
      fields: ['tools.0.strict'],
      body: { tools: [{ ...read, strict: true, input_schema: { ...read.input_schema, additionalProperties: false } }] },
      check: differsFrom({ tools: [{ ...read, input_schema: { ...read.input_schema, additionalProperties: false } }] }),
    },
    {
      title: 'names of tools longer than 64 characters',
      fields: ['tools'],
      body: {
        tools: [{ ...read, name: longName }],
        messages: [hello, assistant([used('toolu_1', longName)]), user([result('toolu_1', 'all of it')])],
      },
      check: (seen) => seen.calls.at(-1)?.tools.length === 1,
    },
    {
      title: 'deferred tools, loaded by `tool_reference`',
      fields: ['tools'],
      body: {
        tools: [read, { ...bash, defer_loading: true }],
        messages: [
          hello,
          assistant([used('toolu_1')]),
          user([
            { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'tool_reference', tool_name: 'Bash' }] },
          ]),
        ],
      },
      check: (seen) =>
        seen.calls
          .at(-1)
          ?.tools.map(({ name }) => name)
          .join() === 'Read,Bash',
    },
    {
      title: 'a call that does not fit the tool is repaired',
      replies: () => [[callTool('Read', { path: 'a.txt', limit: '5' })]],
      fields: [],
      body: { tools: [readLines] },
      check: (seen) => {
        const input = JSON.stringify(callsOf(seen)[0]?.input);
        return input === '{"path":"a.txt","limit":5}' || (input === '{"path":"a.txt","limit":"5"}' && asItIs);
      },
    },
    {
      title: 'a call written as text is called',
      replies: () => [[say(`I read it. ${callInText}`)]],
      fields: [],
      body: { tools: [readLines] },
      check: (seen) => {
        if (textOf(seen).includes(callInText)) return asItIs;
        const [call] = callsOf(seen);
        return seen.message.stop_reason === 'tool_use' && call?.name === 'Read' && !textOf(seen).includes('tool_call');
      },
    },
  ],
};
