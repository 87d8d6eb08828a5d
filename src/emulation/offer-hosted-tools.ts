import type { Loss, Message, MessagesRequest, Tool } from '../messages/types.ts';
import type { Abilities, HostedTool } from '../providers/provider.ts';
import { checkFieldsOf, rulesOf } from '../translation/field-rules.ts';
import { LossList } from '../translation/losses.ts';
import { emulatedToolFields } from '../translation/shared-tool-rules.ts';
import { functionToolFor } from './function-tools.ts';
import { hostedKindOf } from './hosted-kinds.ts';
import { type MessageOrigin, type OriginalPath, originalPathOf, samePath } from './original-paths.ts';
import { type EmulatedNames, turnsOf } from './returned-calls.ts';
import { type ToolWishes, wishesOf } from './tool-wishes.ts';

/** A tool of the vendor's that the proxy runs for this request. */
export interface EmulatedTool {
  readonly kind: HostedTool;
  /** What the client, and the model, call it. */
  readonly name: string;
  readonly wishes: ToolWishes;
}

export interface OfferedHostedTools {
  /** The same object where there is nothing to do. */
  readonly request: MessagesRequest;
  readonly originalPath: OriginalPath;
  readonly losses: readonly Loss[];
  readonly tools: readonly EmulatedTool[];
}

/**
 * Rewrites a request for an upstream that does not run all of its server tools itself: each of the others becomes a
 * function, and what the conversation tells of its earlier use becomes calls and results. `abilitiesOf` is asked again
 * once there are functions that were not there before: some upstreams run their own tools only where there are none.
 */
export function offerHostedTools(
  request: MessagesRequest,
  abilitiesOf: (request: MessagesRequest) => Pick<Abilities, 'hostedTools'>,
): OfferedHostedTools {
  let rewritten = request;
  const losses = new LossList();
  const tools = new Map<HostedTool, EmulatedTool>();
  for (;;) {
    const missing = missingTools(rewritten, abilitiesOf);
    if (missing.size === 0) break;
    const offered = (rewritten.tools ?? []).map((tool, index) => {
      const kind = hostedKindOf(tool);
      if (kind === undefined || !missing.has(kind)) return tool;
      checkFieldsOf(tool, fieldRules, `tools.${index}.`, losses);
      return asFunction(tool, kind, tools, request);
    });
    rewritten = { ...rewritten, tools: offered };
  }
  if (tools.size === 0) return { request, originalPath: samePath, losses: [], tools: [] };
  const names: EmulatedNames = new Map([...tools].map(([kind, { name }]) => [kind, name]));
  return { ...withTurns(rewritten, names), losses: losses.all, tools: [...tools.values()] };
}

const fieldRules = rulesOf(emulatedToolFields);

function missingTools(
  request: MessagesRequest,
  abilitiesOf: (request: MessagesRequest) => Pick<Abilities, 'hostedTools'>,
): ReadonlySet<HostedTool> {
  const kinds = new Set<HostedTool>();
  for (const tool of request.tools ?? []) {
    const kind = hostedKindOf(tool);
    if (kind !== undefined) kinds.add(kind);
  }
  if (kinds.size === 0) return kinds;
  const { hostedTools } = abilitiesOf(request);
  return new Set([...kinds].filter((kind) => !hostedTools.has(kind)));
}

function asFunction(
  tool: Tool,
  kind: HostedTool,
  tools: Map<HostedTool, EmulatedTool>,
  request: MessagesRequest,
): Tool {
  const name = 'name' in tool && typeof tool.name === 'string' ? tool.name : kind;
  const wishes = wishesOf(tool);
  if (!tools.has(kind)) tools.set(kind, { kind, name, wishes });
  return functionToolFor(tool, name, kind, wishes, citesIn(request));
}

/** An answer that must be JSON has no room for markers. */
export function citesIn({ output_config: config, output_format: format }: MessagesRequest): boolean {
  return (config?.format ?? format ?? undefined) === undefined;
}

function withTurns(
  request: MessagesRequest,
  names: EmulatedNames,
): Pick<OfferedHostedTools, 'request' | 'originalPath'> {
  const messages: Message[] = [];
  const origins: MessageOrigin[] = [];
  let isSplit = false;
  for (const [index, message] of request.messages.entries()) {
    const path = `messages.${index}`;
    const turns = turnsOf(message, path, names);
    isSplit ||= turns !== undefined;
    messages.push(...(turns?.messages ?? [message]));
    origins.push(...(turns?.origins ?? [{ path, blocks: undefined }]));
  }
  if (!isSplit) return { request, originalPath: samePath };
  return { request: { ...request, messages }, originalPath: originalPathOf(origins) };
}
