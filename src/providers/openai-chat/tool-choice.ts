import type { FunctionTool } from '../openai/function-tools.ts';
import type { Translation } from '../openai/translation.ts';
import { isToldOneCall, noteForceWithoutTools, wantedCall } from '../openai/wanted-call.ts';
import type { ChatBody } from './wire.ts';

export interface BuiltToolChoice {
  readonly fields: Pick<ChatBody, 'tool_choice' | 'parallel_tool_calls'>;
  /** The tools to send: fewer where the server can only be steered by what it is shown. */
  readonly tools: readonly FunctionTool[];
  /** A last system line, where the server does not look at `tool_choice`. */
  readonly line: string | undefined;
  /** Reasoning must be off, or the server refuses the choice. */
  readonly needsThinkingOff: boolean;
}

/** `canSwitchThinkingOff`: where force and reasoning exclude each other, reasoning can give way. */
export function buildToolChoice(
  tools: readonly FunctionTool[],
  canSwitchThinkingOff: boolean,
  translation: Translation,
): BuiltToolChoice {
  const { dialect } = translation;
  const fields: BuiltToolChoice['fields'] = {};
  // Both fields are refused in a request without tools.
  if (tools.length === 0) {
    noteForceWithoutTools(translation);
    return { fields, tools, line: undefined, needsThinkingOff: false };
  }
  if (isToldOneCall(translation)) fields.parallel_tool_calls = false;
  const built = { fields, tools, line: undefined, needsThinkingOff: false };
  const wanted = wantedCall(new Set(tools.map(({ name }) => name)), translation);
  if (wanted === 'auto') return built;
  const alone = typeof wanted === 'string' ? tools : tools.filter(({ name }) => name === wanted.tool);
  switch (dialect.toolChoice) {
    case 'all':
      fields.tool_choice = typeof wanted === 'string' ? wanted : named(wanted.tool);
      return built;
    case 'words':
      fields.tool_choice = typeof wanted === 'string' ? wanted : 'required';
      return { ...built, tools: alone };
    case 'ignored':
      if (wanted === 'none') return { ...built, fields: {}, tools: [] };
      if (wanted === 'required') return { ...built, line: 'Answer by calling one of the tools.' };
      return { ...built, tools: alone, line: `Answer by calling the tool ${wanted.tool}.` };
    case 'auto-while-thinking':
      if (wanted === 'none') fields.tool_choice = 'none';
      else if (canSwitchThinkingOff) fields.tool_choice = wanted === 'required' ? wanted : named(wanted.tool);
      else {
        translation.losses.add('tool_choice', 'this server forces no call while it reasons');
        return built;
      }
      return { ...built, needsThinkingOff: wanted !== 'none' };
  }
}

function named(name: string): { type: 'function'; function: { name: string } } {
  return { type: 'function', function: { name } };
}
