import { ProxyError } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { Translation } from './translation.ts';

/** What the client wants of the model: nothing special, any call, none, or a call of the tool that the server knows as `tool`. */
export type WantedCall = 'auto' | 'required' | 'none' | { readonly tool: string };

/** Reads `tool_choice`; `offered` are the server's names of the tools that are there. */
export function wantedCall(offered: ReadonlySet<string>, { request, names, losses }: Translation): WantedCall {
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
      const tool = names.write(choice.name);
      if (offered.has(tool)) return { tool };
      if (request.tools?.some((candidate) => 'name' in candidate && candidate.name === choice.name)) {
        losses.add('tool_choice', 'the tool is not available here');
        return 'auto';
      }
      throw new ProxyError('invalid-request', 'tool_choice.name: no tool of this name is in tools');
    }
  }
}

/** To be asked where no tool is left: both APIs refuse a choice in a request without tools. */
export function noteForceWithoutTools({ request, losses }: Translation): void {
  const type = request.tool_choice?.type;
  if (type === 'any' || type === 'tool') losses.add('tool_choice', 'no tool of the request is available here');
}

/** Whether the server is to be told to make one call at most. Where it does not obey, the answer's later calls are left out. */
export function isToldOneCall({ request, dialect, traits, context }: Translation): boolean {
  const refused = context.repairs.some(
    (repair) => repair.kind === 'omit-parameter' && repair.parameter === 'parallel_tool_calls',
  );
  return forbidsParallelCalls(request) && dialect.parallelToolCalls && traits.parallelToolCalls && !refused;
}

function forbidsParallelCalls(request: MessagesRequest): boolean {
  const choice = request.tool_choice;
  return choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true;
}
