import { expect, test } from 'bun:test';
import type { Block, Message } from '../messages/types.ts';
import { toolChangesIn } from './tool-changes.ts';

const saying = (...content: object[]): Message => ({ role: 'user', content: content as Block[] });
const reference = (name: string) => ({ type: 'tool_reference', name });
const change = (type: 'tool_addition' | 'tool_removal', name: string) => ({ type, tool: reference(name) });
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };

test('the latest change of each tool holds, however it came about', () => {
  const loaded = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference', tool_name: 'Loaded' }] };
  const searched = {
    type: 'tool_search_tool_search_result',
    tool_references: [{ type: 'tool_reference', tool_name: 'Found' }],
  };
  expect<unknown>(
    toolChangesIn([
      saying({ type: 'compaction', content: 'so far', tool_changes: [change('tool_addition', 'Old')] }),
      saying(loaded),
      saying({ type: 'tool_search_tool_result', tool_use_id: 's', content: searched }),
      saying({ ...change('tool_addition', 'Added'), cache_control: { type: 'ephemeral' } }),
      saying(change('tool_removal', 'Old'), { type: 'text', text: 'words' }),
    ]),
  ).toEqual([
    change('tool_addition', 'Loaded'),
    change('tool_addition', 'Found'),
    change('tool_addition', 'Added'),
    change('tool_removal', 'Old'),
  ]);
});

test('a tool that was defined on the way is told with its definition', () => {
  const definition = { name: 'New', description: 'new', input_schema: schema, cache_control: { type: 'ephemeral' } };
  const addition = { type: 'tool_addition', tool: { type: 'tool_definition', definition } };
  expect<unknown>(toolChangesIn([saying(addition)])).toEqual([
    {
      type: 'tool_addition',
      tool: { type: 'tool_definition', definition: { name: 'New', description: 'new', input_schema: schema } },
    },
  ]);
});

test('what is no such change is passed over', () => {
  const server = { type: 'tool_addition', tool: { type: 'mcp_tool_reference', server_name: 's', name: 'n' } };
  expect<unknown>(toolChangesIn([{ role: 'user', content: 'words' }, saying(server, { type: 'novel' })])).toEqual([]);
});
