import { isRecord } from '../json.ts';
import { badRequest, tooLong, tooMany } from './refusal.ts';
import type { Rule } from './rules.ts';
import { parametersFault, strictSchemaFault } from './schema-rules.ts';

const maxTools = 128;
const maxNameLength = 64;
const namePattern = /^[a-zA-Z0-9_-]+$/;

/** What is wrong with a function's name, wherever it stands. */
export function nameRefusal(name: string, param: string): ReturnType<Rule> {
  if (name === '') {
    const message = `Invalid '${param}': empty string. Expected a string with minimum length 1, but got an empty string instead.`;
    return badRequest(param, 'empty_string', message);
  }
  if (name.length > maxNameLength) return tooLong(param, maxNameLength, name.length);
  if (namePattern.test(name)) return;
  const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
  return badRequest(param, 'invalid_value', message);
}

const onlyWithTools: Rule = ({ body }) => {
  if ((body.tools?.length ?? 0) > 0) return;
  for (const param of ['tool_choice', 'parallel_tool_calls']) {
    if (body[param] === undefined || (param === 'tool_choice' && body[param] === 'none')) continue;
    const message = `Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`;
    return badRequest(param, null, message);
  }
  if (body.tools === undefined) return;
  const message =
    "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.";
  return badRequest('tools', 'empty_array', message);
};

const parallelToolCalls: Rule = ({ body, family }) => {
  if (body.parallel_tool_calls === undefined || family.parallelToolCalls) return;
  const message = "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.";
  return badRequest('parallel_tool_calls', 'unsupported_parameter', message);
};

const toolChoice: Rule = ({ body, rules }) => {
  const choice = body.tool_choice;
  if (choice === undefined) return;
  if (rules.toolChoice === 'strings' && typeof choice !== 'string') {
    const message = "Invalid tool_choice type: 'object'. Supported string values: none, auto, required";
    return badRequest('tool_choice', null, message);
  }
  if (rules.toolChoice === 'auto-only' && choice !== 'auto' && choice !== 'none') {
    return badRequest('tool_choice', null, 'Thinking mode does not support this tool_choice');
  }
  if (!isRecord(choice) || !isRecord(choice.function)) return;
  const { name } = choice.function;
  if (body.tools?.some((tool) => tool.function.name === name)) return;
  const message = `Invalid value for 'tool_choice': tool choice 'function' '${String(name)}' not found in 'tools' parameter.`;
  return badRequest('tool_choice', 'invalid_value', message);
};

const tools: Rule = ({ body, rules }) => {
  const list = body.tools ?? [];
  if (list.length > maxTools) return tooMany('tools', maxTools, list.length);
  const names = new Set<string>();
  for (const [index, { function: tool }] of list.entries()) {
    const refusal = nameRefusal(tool.name, `tools[${index}].function.name`);
    if (refusal !== undefined) return refusal;
    if (names.has(tool.name)) {
      const message = `Invalid 'tools[${index}].function.name': duplicate function name '${tool.name}'. Function names must be unique.`;
      return badRequest(`tools[${index}].function.name`, 'invalid_value', message);
    }
    names.add(tool.name);
    const length = tool.description?.length ?? 0;
    if (rules.maxDescriptionLength !== undefined && length > rules.maxDescriptionLength) {
      return tooLong(`tools[${index}].function.description`, rules.maxDescriptionLength, length);
    }
    if (tool.parameters === undefined) continue;
    const fault = tool.strict === true ? strictSchemaFault(tool.parameters) : parametersFault(tool.parameters);
    if (fault === undefined) continue;
    const message = `Invalid schema for function '${tool.name}': ${fault}`;
    return badRequest(`tools[${index}].function.parameters`, 'invalid_function_parameters', message);
  }
  return undefined;
};

export const toolRules: readonly Rule[] = [onlyWithTools, parallelToolCalls, toolChoice, tools];
