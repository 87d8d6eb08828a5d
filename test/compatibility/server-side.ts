import type { UpstreamKind } from '../e2e/harness/upstream-kind.ts';
import { page, scriptedWeb } from '../server/web-tools-server.ts';
import { callTool, type Reply, say, search } from '../upstreams/script.ts';
import { type Answered, blockTypes, type Group, hello, textOf, user } from './feature.ts';

const url = 'https://example.com/berlin';
const elsewhere = 'https://elsewhere.example';
const found = [
  { title: 'Weather in Berlin', url },
  { title: 'Weather', url: elsewhere },
];
const webSearch = { type: 'web_search_20250305', name: 'web_search' } as const;
const webFetch = { type: 'web_fetch_20250910', name: 'web_fetch' } as const;

/** What the proxy's own search service and its own fetching find. */
const web = () =>
  scriptedWeb({
    search: () => found.map((hit) => ({ ...hit, excerpt: 'Rain.', pageAge: undefined })),
    fetch: () => page(url, 'The page says: rain.'),
  });
const vendorDoes = 'the vendor’s own is used';

const chatOnly = ['openai-chat', 'deepseek', 'local'];

function searchesItself({ name }: UpstreamKind): boolean {
  return !chatOnly.includes(name);
}

function fetchesItself({ name }: UpstreamKind): boolean {
  return /gemini|vertex|anthropic/.test(name);
}

/** Searches where the vendor can; else calls the function that the proxy offers. */
const searching = (kind: UpstreamKind): readonly Reply[] =>
  searchesItself(kind)
    ? [[search('weather in Berlin', found), say('It rains.')]]
    : [[callTool('web_search', { query: 'weather in Berlin' })], [say('It rains.')]];

const fetching = (kind: UpstreamKind): readonly Reply[] =>
  fetchesItself(kind) ? [[say('It rains.')]] : [[callTool('web_fetch', { url })], [say('It rains.')]];

function tellsSearch(seen: Answered): boolean {
  const types = blockTypes(seen);
  const told = types.indexOf('web_search_tool_result');
  return types[told - 1] === 'server_tool_use' && JSON.stringify(seen.message.content[told]).includes(url);
}

export const serverSide: Group = {
  title: "What runs at Anthropic's",
  features: [
    {
      title: 'web search of the vendor’s own',
      replies: searching,
      fields: [],
      body: { tools: [webSearch] },
      check: (seen, { column }) =>
        searchesItself(column.kind) ? tellsSearch(seen) : 'this API has none: see the next row',
    },
    {
      title: 'web search by the configured service',
      replies: searching,
      fields: [],
      web,
      body: { tools: [webSearch] },
      check: (seen, { column }) => (searchesItself(column.kind) ? vendorDoes : tellsSearch(seen)),
    },
    {
      title: 'without any search, that is said to client and model',
      replies: searching,
      fields: [],
      body: { tools: [webSearch] },
      check: (seen, { column }) =>
        searchesItself(column.kind)
          ? vendorDoes
          : JSON.stringify(seen.message.content).includes('"error_code":"unavailable"'),
    },
    {
      title: 'only pages of `allowed_domains` are found',
      replies: searching,
      fields: ['tools.0'],
      web,
      body: { tools: [{ ...webSearch, allowed_domains: ['example.com'] }] },
      check: (seen) => tellsSearch(seen) && !JSON.stringify(seen.message.content).includes(elsewhere),
    },
    {
      title: 'searches are counted in `usage`',
      replies: searching,
      fields: [],
      web,
      body: { tools: [webSearch] },
      check: ({ message: { usage } }) => usage.server_tool_use?.web_search_requests === 1,
    },
    {
      title: 'a search that stands in the conversation',
      replies: (kind) => [...searching(kind), [say('As I said.')]],
      fields: ['messages'],
      web,
      body: { tools: [webSearch] },
      next: ({ message }) => ({
        tools: [webSearch],
        messages: [hello, { role: 'assistant', content: JSON.parse(JSON.stringify(message.content)) }, user('Sure?')],
      }),
      check: (seen) => textOf(seen) === 'As I said.' && seen.calls.at(-1)?.text.includes(url) === true,
    },
    {
      title: 'web fetch',
      replies: fetching,
      fields: [],
      web,
      body: { tools: [webFetch], messages: [user(`What stands at ${url}?`)] },
      check: (seen, { column }) =>
        fetchesItself(column.kind)
          ? seen.calls.at(-1)?.text.includes('urlContext') === true
          : blockTypes(seen).includes('web_fetch_tool_result') &&
            seen.calls.at(-1)?.text.includes('The page says: rain.') === true,
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
  ],
};
