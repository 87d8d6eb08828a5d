import { createHash } from 'node:crypto';
import { isRecord } from '../messages/json.ts';
import type { MessagesRequest } from '../messages/types.ts';

/** Which names of tools an upstream takes. MCP tools of Claude Code have longer ones than most do. */
export interface NameRule {
  readonly accepted: RegExp;
  /** What `_` stands for in a name that is not taken; with the flag `g`. */
  readonly wrongCharacters: RegExp;
  readonly maxLength: number;
}
const hashLength = 8;

export interface ToolNames {
  /** The client's name → the upstream's. The same request shape gives the same names, turn after turn. */
  readonly write: (name: string) => string;
  /** The upstream's name → the client's. A name the model made up stays as it is. */
  readonly read: (upstreamName: string) => string;
}

/** Both ways of naming a request's tools. A request whose names are all acceptable costs no table. */
export function toolNamesOf(request: MessagesRequest, rule: NameRule): ToolNames {
  let table: NameTable | undefined;
  const tableOf = () => {
    table ??= buildTable(request, rule);
    return table;
  };
  return {
    write: (name) => (rule.accepted.test(name) ? name : (tableOf().upstream.get(name) ?? shortened(name, 0, rule))),
    read: (upstreamName) => tableOf().client.get(upstreamName) ?? upstreamName,
  };
}

/** Reads the names of tools in an answer to `request` back into the client's. */
export function toolNameReader(request: MessagesRequest, rule: NameRule): (upstreamName: string) => string {
  const { client } = buildTable(request, rule);
  return (upstreamName) => client.get(upstreamName) ?? upstreamName;
}

interface NameTable {
  readonly upstream: ReadonlyMap<string, string>;
  readonly client: ReadonlyMap<string, string>;
}

function buildTable(request: MessagesRequest, rule: NameRule): NameTable {
  const names = namesIn(request);
  const upstream = new Map<string, string>();
  const client = new Map<string, string>();
  for (const name of names) {
    if (rule.accepted.test(name)) continue;
    // An acceptable name is always sent as it is, so a shortened one gives way, and later ones to earlier ones.
    let attempt = 0;
    let written = shortened(name, attempt, rule);
    while (names.has(written) || client.has(written)) written = shortened(name, ++attempt, rule);
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

function shortened(name: string, attempt: number, { wrongCharacters, maxLength }: NameRule): string {
  const clean = name.slice(0, maxLength - hashLength - 1).replace(wrongCharacters, '_');
  const hashed = attempt === 0 ? name : `${name}\0${attempt}`;
  return `${clean}_${createHash('sha256').update(hashed).digest('hex').slice(0, hashLength)}`;
}
