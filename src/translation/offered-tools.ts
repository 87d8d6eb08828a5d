import { ProxyError } from '../errors/proxy-error.ts';
import { isRecord } from '../messages/json.ts';
import type { MessagesRequest, Tool } from '../messages/types.ts';
import type { ToolRule, ToolRules } from './field-rules.ts';
import { type LossList, notKnown } from './losses.ts';

/** A tool that the model is shown, and where the request defines it. */
export interface OfferedTool {
  readonly tool: Tool;
  readonly name: string;
  readonly path: string;
}

export interface Offer {
  readonly tools: readonly OfferedTool[];
  /** Server tools that were asked for and cannot run here, by their types' first words: `web_search`. */
  readonly missing: readonly string[];
}

/**
 * Decides which tools the model sees, and in which order: those that always were there, then the ones loaded later, in
 * the order of loading. A tool that came in among the others would change the prefix that upstream has cached.
 */
export function offeredTools(request: MessagesRequest, rules: ToolRules, losses: LossList): Offer {
  const declared = new Map<string, OfferedTool>();
  const offered = new Map<string, OfferedTool>();
  const missing: string[] = [];
  let searchRunsUpstream = false;
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const path = `tools.${index}`;
    const rule = ruleOf(tool, rules);
    if (rule.fate === 'refused') throw new ProxyError('invalid-request', `${path}.type: ${rule.how}`);
    const kind = tool.type?.replace(/_\d+$/, '') ?? '';
    if (rule.fate === 'emulated' && kind.startsWith('tool_search')) {
      searchRunsUpstream = true;
      continue;
    }
    const name = nameOf(tool);
    if (rule.fate === 'lost' || name === undefined) {
      losses.add(path, rule.how);
      if (rule.fate === 'lost') missing.push(kind);
    } else if (rule.fate === 'emulated') {
      // The proxy makes a function of it before it comes here.
      losses.add(path, 'nobody runs it');
      missing.push(kind);
    } else if (declared.has(name)) {
      losses.add(path, 'a tool before it has the same name');
    } else if (isForModel(tool, path, losses)) {
      const entry = { tool, name, path };
      declared.set(name, entry);
      if (!isDeferred(tool)) offered.set(name, entry);
    }
  }
  if (searchRunsUpstream) for (const [name, entry] of declared) if (!offered.has(name)) offered.set(name, entry);
  applyHistory(request, rules, declared, offered, losses);
  const forced = request.tool_choice?.type === 'tool' ? declared.get(request.tool_choice.name) : undefined;
  if (forced !== undefined && !offered.has(forced.name)) offered.set(forced.name, forced);
  return { tools: [...offered.values()], missing };
}

/** Tools that the conversation has loaded, added or taken away, in its order. */
function applyHistory(
  request: MessagesRequest,
  rules: ToolRules,
  declared: Map<string, OfferedTool>,
  offered: Map<string, OfferedTool>,
  losses: LossList,
): void {
  const offer = (name: unknown) => {
    const entry = typeof name === 'string' ? declared.get(name) : undefined;
    if (entry !== undefined && !offered.has(entry.name)) offered.set(entry.name, entry);
  };
  const change = (change: unknown, path: string) => {
    if (!isRecord(change) || !isRecord(change.tool)) return;
    const { type, name, definition } = change.tool;
    if (change.type === 'tool_removal' && type === 'tool_reference') offered.delete(String(name));
    else if (change.type === 'tool_addition' && type === 'tool_reference') offer(name);
    else if (change.type === 'tool_addition' && type === 'tool_definition' && isTool(definition)) {
      define(definition, `${path}.tool.definition`);
    } else losses.add(path, 'the proxy does not call MCP servers');
  };
  const define = (tool: Tool, path: string) => {
    const name = nameOf(tool);
    const rule = ruleOf(tool, rules);
    if (name === undefined || rule.fate !== 'translated') losses.add(path, rule.how);
    else if (isForModel(tool, path, losses)) {
      declared.set(name, { tool, name, path });
      offer(name);
    }
  };
  for (let index = 0; index < request.messages.length; index++) {
    const content = request.messages[index]?.content;
    if (content === undefined || typeof content === 'string') continue;
    for (let place = 0; place < content.length; place++) {
      const block = content[place];
      if (block === undefined) continue;
      const path = () => `messages.${index}.content.${place}`;
      switch (block.type) {
        case 'tool_result':
          if (Array.isArray(block.content))
            for (const inner of block.content) if (isReference(inner)) offer(inner.tool_name);
          break;
        case 'tool_search_tool_result':
          if (isRecord(block.content) && Array.isArray(block.content.tool_references)) {
            for (const inner of block.content.tool_references) if (isReference(inner)) offer(inner.tool_name);
          }
          break;
        case 'tool_addition':
        case 'tool_removal':
          change(block, path());
          break;
        case 'compaction':
          if (Array.isArray(block.tool_changes)) {
            for (const [at, inner] of block.tool_changes.entries()) change(inner, `${path()}.tool_changes.${at}`);
          }
          break;
      }
    }
  }
}

/** What is done with a tool: by its type, and where nobody knows the type, by whether it says what it takes. */
function ruleOf(tool: Tool, rules: ToolRules): ToolRule {
  const type = tool.type ?? 'custom';
  if (isKnownType(type, rules)) return rules[type];
  return isRecord('input_schema' in tool ? tool.input_schema : undefined) ? rules.custom : unknownTool;
}

/** A type that comes from outside must not find what every object inherits. */
function isKnownType(type: string, rules: ToolRules): type is keyof ToolRules {
  return Object.hasOwn(rules, type);
}

const unknownTool: ToolRule = { fate: 'lost', how: `${notKnown}, and it has no input_schema` };

function nameOf(tool: Tool): string | undefined {
  return 'name' in tool && typeof tool.name === 'string' ? tool.name : undefined;
}

/** Whether the model may call the tool itself; the others are for code that runs at Anthropic. */
function isForModel(tool: Tool, path: string, losses: LossList): boolean {
  const callers = 'allowed_callers' in tool ? tool.allowed_callers : undefined;
  if (!Array.isArray(callers) || callers.includes('direct')) return true;
  losses.add(path, 'only code that runs at Anthropic may call it');
  return false;
}

function isDeferred(tool: Tool): boolean {
  return 'defer_loading' in tool && tool.defer_loading === true;
}

function isReference(block: unknown): block is { readonly tool_name: unknown } {
  return isRecord(block) && block.type === 'tool_reference';
}

function isTool(value: unknown): value is Tool {
  return isRecord(value) && (value.type === undefined || value.type === null || typeof value.type === 'string');
}
