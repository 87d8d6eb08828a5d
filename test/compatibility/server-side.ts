import { say, search } from '../upstreams/script.ts';
import { blockTypes, type Group, hello } from './feature.ts';

const found = [{ title: 'Weather in Berlin', url: 'https://example.com/berlin' }];

export const serverSide: Group = {
  title: "What runs at Anthropic's",
  features: [
    {
      title: 'web search',
      replies: ({ name }) => [
        name === 'openai' || name === 'deepseek'
          ? [say('I cannot search.')]
          : [search('weather in Berlin', found), say('It rains.')],
      ],
      fields: ['tools.0'],
      body: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      check: (seen) => blockTypes(seen).includes('web_search_tool_result'),
    },
    {
      title: 'web fetch',
      fields: ['tools.0'],
      body: { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] },
      check: (seen) => seen.calls.at(-1)?.text.includes('urlContext') === true,
    },
    {
      title: 'code execution',
      fields: ['tools.0'],
      body: { tools: [{ type: 'code_execution_20250522', name: 'code_execution' }] },
      check: (seen) => seen.calls.at(-1)?.text.includes('codeExecution') === true,
    },
    {
      title: 'MCP servers',
      fields: ['mcp_servers'],
      body: { mcp_servers: [{ type: 'url', name: 'notes', url: 'https://mcp.example.com' }] },
      check: () => false,
    },
    {
      title: 'editing the context (`clear_tool_uses`)',
      fields: ['context_management'],
      body: { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] }, messages: [hello] },
      check: () => false,
    },
  ],
};
