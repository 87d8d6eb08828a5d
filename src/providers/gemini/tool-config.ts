import { ProxyError } from '../../errors/proxy-error.ts';
import { serverToolOf } from './server-tools.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { FunctionDeclaration, Tool, ToolConfig } from './wire.ts';

export interface BuiltToolConfig {
  readonly toolConfig: ToolConfig | undefined;
  /** Last lines of the conversation, where the model can only be asked. */
  readonly lines: readonly string[];
}

type Calling = NonNullable<ToolConfig['functionCallingConfig']>;

/** How the model may use `tools`: the client's choice. Gemini refuses the configuration of functions that are not there. */
export function buildToolConfig(tools: readonly Tool[], translation: Translation): BuiltToolConfig {
  const { platform } = translation;
  const functions = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  const isMixed = functions.length > 0 && tools.length > 1;
  const wish = wishOf(functions, tools, translation);
  if (functions.length === 0) return { toolConfig: undefined, lines: wish.line === undefined ? [] : [wish.line] };
  const isUnforced = lastRepair(translation, 'unforced-calls') !== undefined;
  const calling = isUnforced ? unforced(wish.calling) : (wish.calling ?? validated(isMixed, translation));
  const toolConfig: ToolConfig = {
    ...(calling === undefined ? {} : { functionCallingConfig: calling }),
    // Only AI Studio knows the field, and wants it there.
    ...(isMixed && platform === 'ai-studio' ? { includeServerSideToolInvocations: true } : {}),
  };
  const isAsked = isUnforced && wish.calling?.mode === 'ANY';
  return {
    toolConfig: Object.keys(toolConfig).length === 0 ? undefined : toolConfig,
    lines: wish.line !== undefined && (isAsked || wish.calling === undefined) ? [wish.line] : [],
  };
}

interface Wish {
  readonly calling: Calling | undefined;
  /** The same in words, for where it cannot be configured. */
  readonly line: string | undefined;
}

const nothing: Wish = { calling: undefined, line: undefined };

function wishOf(functions: readonly FunctionDeclaration[], tools: readonly Tool[], translation: Translation): Wish {
  const { request, losses } = translation;
  const choice = request.tool_choice;
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return nothing;
    case 'none':
      return { calling: { mode: 'NONE' }, line: undefined };
    case 'any':
      if (functions.length > 0) return { calling: { mode: 'ANY' }, line: 'Answer by calling one of the tools.' };
      if (tools.length > 0) return { calling: undefined, line: 'Use your tools to answer.' };
      losses.add('tool_choice', 'no tool of the request is available here');
      return nothing;
    case 'tool':
      return namedTool(choice.name, functions, tools, translation);
  }
}

function namedTool(
  name: string,
  functions: readonly FunctionDeclaration[],
  tools: readonly Tool[],
  { request, names, losses }: Translation,
): Wish {
  const upstreamName = names.write(name);
  if (functions.some((declaration) => declaration.name === upstreamName)) {
    const calling: Calling = { mode: 'ANY', allowedFunctionNames: [upstreamName] };
    return { calling, line: `Answer by calling the tool ${upstreamName}.` };
  }
  const declared = request.tools?.find((tool) => 'name' in tool && tool.name === name);
  if (declared === undefined)
    throw new ProxyError('invalid-request', 'tool_choice.name: no tool of this name is in tools');
  switch (serverToolOf(declared)) {
    case 'web_search':
      if (tools.some((tool) => tool.googleSearch)) return { calling: undefined, line: 'Use web search to answer.' };
      break;
    case 'web_fetch':
      if (tools.some((tool) => tool.urlContext)) return { calling: undefined, line: 'Fetch the pages to answer.' };
      break;
    case 'code_execution':
      if (tools.some((tool) => tool.codeExecution)) return { calling: undefined, line: 'Run code to answer.' };
      break;
  }
  losses.add('tool_choice', 'the tool is not available here');
  return nothing;
}

/** Without a choice Gemini may write what it likes; some things need calls that are held to their schemas. */
function validated(isMixed: boolean, translation: Translation): Calling | undefined {
  const { request } = translation;
  const isStrict = request.tools?.some((tool) => 'strict' in tool && tool.strict === true && !serverToolOf(tool));
  const isNeeded = isMixed || isStrict || lastRepair(translation, 'validate-calls') !== undefined;
  return isNeeded ? { mode: 'VALIDATED' } : undefined;
}

/** Where the schemas are too much to hold calls to: the choice is a request in words. */
function unforced(calling: Calling | undefined): Calling {
  return calling?.mode === 'NONE' ? calling : { mode: 'AUTO' };
}
