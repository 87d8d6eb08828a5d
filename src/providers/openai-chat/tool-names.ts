import { createHash } from 'node:crypto';
import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest } from '../../messages/types.ts';

// OpenAI takes names of 1 to 64 letters, digits, `_` and `-` (source: OpenAI's API reference); MCP tools of Claude Code
// have longer ones.
const accepted = /^[a-zA-Z0-9_-]{1,64}$/;
const keptLength = 55;

export interface ToolNames {
  /** The client's name → the upstream's. The same request shape gives the same names, turn after turn. */
  readonly write: (name: string) => string;
  /** The upstream's name → the client's. A name the model made up stays as it is. */
  readonly read: (upstreamName: string) => string;
}

/** Both ways of naming a request's tools. A request whose names are all acceptable costs no table. */
export function toolNamesOf(request: MessagesRequest): ToolNames {
  let table: NameTable | undefined;
  const tableOf = () => {
    table ??= buildTable(request);
    return table;
  };
  return {
    write: (name) => (accepted.test(name) ? name : (tableOf().upstream.get(name) ?? shortened(name, 0))),
    read: (upstreamName) => tableOf().client.get(upstreamName) ?? upstreamName,
  };
}

/** Reads the names of tools in an answer to `request` back into the client's. */
export function toolNameReader(request: MessagesRequest): (upstreamName: string) => string {
  const { client } = buildTable(request);
  return (upstreamName) => client.get(upstreamName) ?? upstreamName;
}

interface NameTable {
  readonly upstream: ReadonlyMap<string, string>;
  readonly client: ReadonlyMap<string, string>;
}

function buildTable(request: MessagesRequest): NameTable {
  const names = namesIn(request);
  const upstream = new Map<string, string>();
  const client = new Map<string, string>();
  for (const name of names) {
    if (accepted.test(name)) continue;
    // An acceptable name is always sent as it is, so a shortened one gives way, and later ones to earlier ones.
    let attempt = 0;
    let written = shortened(name, attempt);
    while (names.has(written) || client.has(written)) written = shortened(name, ++attempt);
    upstream.set(name, written);
    client.set(written, name);
  }
  return { upstream, client };
}

/** Every tool name the request speaks of, in order of appearance: declared tools first, then the history's calls. */
function namesIn(request: MessagesRequest): ReadonlySet<string> {
  const names = new Set<string>();
  for (const tool of request.tools ?? []) {
    if ('name' in tool && typeof tool.name === 'string') names.add(tool.name);
  }
  for (const { content } of request.messages) {
    if (typeof content === 'string') continue;
    for (const block of content) {
      if (block.type === 'tool_use' && typeof block.name === 'string') names.add(block.name);
      else if (block.type === 'tool_addition') addDefined(block.tool, names);
    }
  }
  return names;
}

/** `tool_addition` may bring a whole definition along. */
function addDefined(addition: unknown, names: Set<string>): void {
  if (!isRecord(addition) || !isRecord(addition.definition)) return;
  if (typeof addition.definition.name === 'string') names.add(addition.definition.name);
}

function shortened(name: string, attempt: number): string {
  const clean = name.slice(0, keptLength).replace(/[^a-zA-Z0-9_-]/g, '_');
  const hashed = attempt === 0 ? name : `${name}\0${attempt}`;
  return `${clean}_${createHash('sha256').update(hashed).digest('hex').slice(0, 8)}`;
}
