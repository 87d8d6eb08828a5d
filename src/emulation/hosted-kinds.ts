import type { Tool } from '../messages/types.ts';
import { type HostedTool, hostedTools } from '../providers/provider.ts';

/** Which tool of the vendor's it is; undefined for all that the proxy does not run. */
export function hostedKindOf({ type }: Tool): HostedTool | undefined {
  if (typeof type !== 'string') return undefined;
  return hostedTools.find((kind) => type.startsWith(`${kind}_2`));
}

/** The blocks that tell what such a tool has found. */
export const resultTypes = {
  web_search: 'web_search_tool_result',
  web_fetch: 'web_fetch_tool_result',
} as const satisfies Record<HostedTool, string>;
