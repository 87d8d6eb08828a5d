import { ProxyError } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { Translation } from '../openai/translation.ts';
import type { ChatBody, FunctionTool } from './wire.ts';

export interface BuiltToolChoice {
  readonly fields: Pick<ChatBody, 'tool_choice' | 'parallel_tool_calls'>;
  /** The tools to send: fewer where the server can only be steered by what it is shown. */
  readonly tools: readonly FunctionTool[];
  /** A last system line, where the server does not look at `tool_choice`. */
  readonly line: string | undefined;
  /** Reasoning must be off, or the server refuses the choice. */
  readonly needsThinkingOff: boolean;
}

/** Whether the client allows only one call in an answer. */
function forbidsParallelCalls(request: MessagesRequest): boolean {
  const choice = request.tool_choice;
  return choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true;
}

/** Whether the server itself keeps to one call; where not, the answer's later calls must be left out. */
function obeysSingleCall({ dialect, traits, context }: Pick<Translation, 'dialect' | 'traits' | 'context'>): boolean {
  const refused = context.repairs.some(
    (repair) => repair.kind === 'omit-parameter' && repair.parameter === 'parallel_tool_calls',
  );
  return dialect.parallelToolCalls && traits.parallelToolCalls && !refused;
}

/** `canSwitchThinkingOff`: where force and reasoning exclude each other, reasoning can give way. */
export function buildToolChoice(
  tools: readonly FunctionTool[],
  canSwitchThinkingOff: boolean,
  translation: Translation,
): BuiltToolChoice {
  const { request, dialect } = translation;
  const fields: BuiltToolChoice['fields'] = {};
  // Both fields are refused in a request without tools.
  if (tools.length === 0) {
    noteForceWithoutTools(translation);
    return { fields, tools, line: undefined, needsThinkingOff: false };
  }
  if (forbidsParallelCalls(request) && obeysSingleCall(translation)) fields.parallel_tool_calls = false;
  const built = { fields, tools, line: undefined, needsThinkingOff: false };
  const forced = forcedTool(tools, translation);
  if (forced === 'auto') return built;
  switch (dialect.toolChoice) {
    case 'all':
      fields.tool_choice = typeof forced === 'string' ? forced : named(forced);
      return built;
    case 'words':
      fields.tool_choice = typeof forced === 'string' ? forced : 'required';
      return { ...built, tools: typeof forced === 'string' ? tools : [forced] };
    case 'ignored':
      if (forced === 'none') return { ...built, fields: {}, tools: [] };
      if (forced === 'required') return { ...built, line: 'Answer by calling one of the tools.' };
      return { ...built, tools: [forced], line: `Answer by calling the tool ${forced.function.name}.` };
    case 'auto-while-thinking':
      if (forced === 'none') fields.tool_choice = 'none';
      else if (canSwitchThinkingOff) fields.tool_choice = forced === 'required' ? forced : named(forced);
      else {
        translation.losses.add('tool_choice', 'this server forces no call while it reasons');
        return built;
      }
      return { ...built, needsThinkingOff: forced !== 'none' };
  }
}

/** What the client wants: nothing special, one of the words, or one tool. */
function forcedTool(
  tools: readonly FunctionTool[],
  { request, names, losses }: Translation,
): 'auto' | 'required' | 'none' | FunctionTool {
  const choice = request.tool_choice;
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return 'auto';
    case 'any':
      return 'required';
    case 'none':
      return 'none';
    case 'tool': {
      const name = names.write(choice.name);
      const tool = tools.find((candidate) => candidate.function.name === name);
      if (tool !== undefined) return tool;
      if (request.tools?.some((candidate) => 'name' in candidate && candidate.name === choice.name)) {
        losses.add('tool_choice', 'the tool is not available here');
        return 'auto';
      }
      throw new ProxyError('invalid-request', 'tool_choice.name: no tool of this name is in tools');
    }
  }
}

function noteForceWithoutTools({ request, losses }: Translation): void {
  const type = request.tool_choice?.type;
  if (type === 'any' || type === 'tool') losses.add('tool_choice', 'no tool of the request is available here');
}

function named(tool: FunctionTool): { type: 'function'; function: { name: string } } {
  return { type: 'function', function: { name: tool.function.name } };
}
