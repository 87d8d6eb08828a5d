import type { Translation } from '../openai/translation.ts';
import { isToldOneCall, noteForceWithoutTools, wantedCall } from '../openai/wanted-call.ts';
import type { BuiltTools } from './tools.ts';
import type { ResponsesBody, ToolChoice } from './wire.ts';

type Fields = Pick<ResponsesBody, 'tool_choice' | 'parallel_tool_calls' | 'max_tool_calls'>;

/** Which call is wanted, and how many; all of it is refused in a request without tools. */
export function buildToolChoice({ tools, search, functionNames }: BuiltTools, translation: Translation): Fields {
  if (tools.length === 0) {
    noteForceWithoutTools(translation);
    return {};
  }
  const fields: Fields = {};
  if (isToldOneCall(translation)) fields.parallel_tool_calls = false;
  // It counts the vendor's own tools alone.
  if (search?.maxCalls !== undefined) fields.max_tool_calls = search.maxCalls;
  const searchName = search === undefined ? undefined : translation.names.write(search.name);
  const offered = searchName === undefined ? functionNames : new Set([...functionNames, searchName]);
  const wanted = wantedCall(offered, translation);
  if (wanted === 'auto') return fields;
  if (typeof wanted !== 'string' && functionNames.has(wanted.tool)) {
    fields.tool_choice = { type: 'function', name: wanted.tool };
  } else if (wanted !== 'none' && search !== undefined && refusesForce(translation)) {
    translation.losses.add('tool_choice', 'this model decides itself whether it searches');
  } else {
    fields.tool_choice = typeof wanted === 'string' ? wanted : searchChoice(functionNames.size === 0);
  }
  return fields;
}

/** Some models take nothing but `auto` beside the vendor's own tools; of functions alone that says nothing. */
function refusesForce({ context }: Translation): boolean {
  return context.repairs.some(
    (repair) => repair.kind === 'omit-parameter' && repair.parameter === 'tool_choice.web_search',
  );
}

/** The API's list of tools that can be forced does not name this one; where it is not alone, it is made the only one allowed. */
function searchChoice(isAlone: boolean): ToolChoice {
  return isAlone ? 'required' : { type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] };
}
