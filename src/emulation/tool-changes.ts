import type { BetaCompactionBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { isKnownBlock } from '../messages/check-blocks.ts';
import { isRecord } from '../messages/json.ts';
import type { Message } from '../messages/types.ts';

type ToolChange = NonNullable<BetaCompactionBlock['tool_changes']>[number];

/**
 * Which tools a conversation has loaded, added and taken away: the latest change of each. They stand on the block that
 * takes the conversation's place, for the client goes on as if they still held. Tools of MCP servers are not among them:
 * the proxy calls none.
 */
export function toolChangesIn(messages: readonly Message[]): ToolChange[] {
  const latest = new LatestChanges();
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const block of content) {
      if (!isKnownBlock(block)) continue;
      switch (block.type) {
        case 'tool_result':
          latest.noteLoaded(block.content);
          break;
        case 'tool_search_tool_result':
          latest.noteLoaded(isRecord(block.content) ? block.content.tool_references : undefined);
          break;
        case 'tool_addition':
        case 'tool_removal':
          latest.note(block);
          break;
        case 'compaction':
          for (const change of block.tool_changes ?? []) latest.note(change);
          break;
      }
    }
  }
  return latest.all();
}

/** A change as a client has sent it: anything may be in it. */
interface SentChange {
  readonly type: ToolChange['type'];
  readonly tool: unknown;
}

class LatestChanges {
  readonly #changes = new Map<string, ToolChange>();
  /** Those that no `tools` entry has: they go on by value. */
  readonly #definitions = new Map<string, ToolChange>();

  noteLoaded(content: unknown): void {
    if (!Array.isArray(content)) return;
    for (const block of content) {
      if (isRecord(block) && block.type === 'tool_reference') this.#add(block.tool_name);
    }
  }

  note({ type, tool }: SentChange): void {
    if (!isRecord(tool)) return;
    if (tool.type === 'tool_definition') {
      const change = definedTool(tool.definition);
      if (change === undefined) return;
      this.#definitions.set(change.name, change.addition);
      this.#add(change.name);
    } else if (tool.type === 'tool_reference') {
      if (type === 'tool_addition') this.#add(tool.name);
      else this.#set(tool.name, type);
    }
  }

  all(): ToolChange[] {
    return [...this.#changes.values()];
  }

  #add(name: unknown): void {
    this.#set(name, 'tool_addition');
  }

  #set(name: unknown, type: ToolChange['type']): void {
    if (typeof name !== 'string') return;
    const defined = type === 'tool_addition' ? this.#definitions.get(name) : undefined;
    // Its place is that of the change that holds.
    this.#changes.delete(name);
    this.#changes.set(name, defined ?? { type, tool: { type: 'tool_reference', name } });
  }
}

/** A tool of the client's own. The vendor's tools have no input schema, and the proxy offers none of them on its own. */
function definedTool(definition: unknown): { readonly name: string; readonly addition: ToolChange } | undefined {
  if (!isRecord(definition) || typeof definition.name !== 'string') return undefined;
  const { name, description, input_schema: schema } = definition;
  if (!isRecord(schema)) return undefined;
  const tool = {
    name,
    input_schema: { ...schema, type: 'object' as const },
    ...(typeof description === 'string' ? { description } : {}),
    ...(definition.strict === true ? { strict: true } : {}),
  };
  return { name, addition: { type: 'tool_addition', tool: { type: 'tool_definition', definition: tool } } };
}
