import { isRecord } from '../../json.ts';
import { badRequest, type Refusal } from '../refusal.ts';
import { parametersFault, strictSchemaFault } from '../schema-rules.ts';
import { nameRefusal } from '../tool-rules.ts';
import { effortOf } from './parameter-rules.ts';
import type { ResponsesTool } from './responses-request.ts';
import type { Rule } from './rules.ts';

const hostedModelsThatChooseThemselves = /^gpt-5(-mini|-nano|-pro|-\d|$)/;

const onlyWithTools: Rule = ({ body }) => {
  if ((body.tools?.length ?? 0) > 0) return;
  for (const param of ['tool_choice', 'parallel_tool_calls', 'max_tool_calls']) {
    const value = body[param];
    if (value === undefined || value === null || value === 'none' || value === 'auto') continue;
    const message = `Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`;
    return badRequest(param, null, message);
  }
  return undefined;
};

const parallelToolCalls: Rule = ({ body, family }) => {
  if (body.parallel_tool_calls !== false || family.parallelToolCalls) return;
  const message = "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.";
  return badRequest('parallel_tool_calls', 'unsupported_parameter', message);
};

const toolChoice: Rule = ({ body }) => {
  const choice = body.tool_choice;
  const tools = body.tools ?? [];
  const hosted = tools.filter(({ type }) => type !== 'function').map(({ type }) => type);
  const isNamedFunction = isRecord(choice) && choice.type === 'function';
  const isFree = choice === undefined || choice === null || choice === 'auto' || choice === 'none';
  if (!isFree && !isNamedFunction && hosted.length > 0 && hostedModelsThatChooseThemselves.test(body.model)) {
    const types = hosted.map((type) => `'${type}'`).join(', ');
    const message = `Tool choices other than 'auto' are not supported with model '${body.model}' and the following tool types: ${types}.`;
    return badRequest('tool_choice', null, message);
  }
  if (!isRecord(choice)) return;
  if (choice.type === 'allowed_tools') return;
  const isOffered = isNamedFunction
    ? tools.some(({ type, name }) => type === 'function' && name === choice.name)
    : hosted.some((type) => type === choice.type);
  if (isOffered) return;
  const name = isNamedFunction ? String(choice.name) : String(choice.type);
  return badRequest('tool_choice', null, `Tool choice '${name}' not found in 'tools' parameter.`);
};

const functions: Rule = ({ body }) => {
  const names = new Set<string>();
  for (const [index, tool] of (body.tools ?? []).entries()) {
    if (tool.type !== 'function') continue;
    const name = tool.name ?? '';
    const param = `tools[${index}]`;
    const refusal = nameRefusal(name, `${param}.name`) ?? parametersRefusal(tool, param);
    if (refusal !== undefined) return refusal;
    if (names.has(name)) {
      const message = `Invalid '${param}.name': duplicate function name '${name}'. Function names must be unique.`;
      return badRequest(`${param}.name`, 'invalid_value', message);
    }
    names.add(name);
  }
  return undefined;
};

function parametersRefusal({ name, parameters, strict }: ResponsesTool, param: string): Refusal | undefined {
  // The real API takes null for "make it strict": a schema with optional fields then changes its meaning in silence.
  if (strict === undefined || strict === null) {
    return badRequest(
      `${param}.strict`,
      'missing_required_parameter',
      `Missing required parameter: '${param}.strict'.`,
    );
  }
  if (!isRecord(parameters)) {
    const message = `Missing required parameter: '${param}.parameters'.`;
    return badRequest(`${param}.parameters`, 'missing_required_parameter', message);
  }
  const fault = strict ? strictSchemaFault(parameters) : parametersFault(parameters);
  if (fault === undefined) return;
  const message = `Invalid schema for function '${String(name)}': ${fault}`;
  return badRequest(`${param}.parameters`, 'invalid_function_parameters', message);
}

const webSearch: Rule = ({ body, family }) => {
  const at = body.tools?.findIndex(({ type }) => type === 'web_search') ?? -1;
  if (at === -1) return;
  if (!family.webSearch) {
    return badRequest('tools', null, `Hosted tool 'web_search' is not supported with ${body.model}.`);
  }
  if (effortOf(body, family) === 'minimal') {
    const message = "The following tools cannot be used with reasoning.effort 'minimal': web_search.";
    return badRequest('tools', null, message);
  }
  const filters = body.tools?.[at]?.filters;
  const domains: readonly unknown[] =
    isRecord(filters) && Array.isArray(filters.allowed_domains) ? filters.allowed_domains : [];
  const wrong = domains.findIndex((domain) => !/^[a-z0-9.-]+(\/[^\s]*)?$/i.test(String(domain)));
  if (wrong === -1 && domains.length <= 100) return;
  const param = `tools[${at}].filters.allowed_domains${wrong === -1 ? '' : `[${wrong}]`}`;
  return badRequest(
    param,
    'invalid_value',
    `Invalid value for '${param}': expected up to 100 domains without a scheme.`,
  );
};

export const toolRules: readonly Rule[] = [onlyWithTools, parallelToolCalls, toolChoice, functions, webSearch];
