// A stdio MCP server, plain JSON-RPC, one object a line. Under Claude Code its two tools get names of more than 64
// characters that differ only behind the 64th.
const stem = 'look_up_the_record_of_a_customer_in_the_archive_of_all_years_by';
const inputSchema = { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] };

const tools = [
  { name: `${stem}_name`, description: 'Finds a customer by name.', inputSchema },
  { name: `${stem}_number`, description: 'Finds a customer by number.', inputSchema },
] as const;

/** The names under which Claude Code knows the tools when this server is called `archive`. */
export const longToolNames = tools.map(({ name }) => `mcp__archive__${name}`);

interface Call {
  readonly id?: string | number;
  readonly method: string;
  readonly params?: {
    readonly name?: string;
    readonly arguments?: { readonly key?: string };
    readonly protocolVersion?: string;
  };
}

function answer({ method, params }: Call): { result: object } | { error: object } {
  switch (method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: params?.protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: 'archive', version: '1.0.0' },
        },
      };
    case 'tools/list':
      return { result: { tools } };
    case 'tools/call': {
      const tool = tools.find(({ name }) => name === params?.name);
      const text = `${tool?.description} The key was ${params?.arguments?.key}.`;
      return { result: { content: [{ type: 'text', text }] } };
    }
    default:
      return { error: { code: -32601, message: `no method ${method}` } };
  }
}

if (import.meta.main) {
  for await (const line of console) {
    const call: Call = JSON.parse(line);
    if (call.id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...answer(call) }));
  }
}
