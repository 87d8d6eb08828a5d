import type { Tool } from '../../messages/types.ts';

/** Where the user is, in the form that all of OpenAI's kind take it in. */
export interface SearchPlace {
  readonly type: 'approximate';
  readonly city?: string;
  readonly region?: string;
  readonly country?: string;
  readonly timezone?: string;
}

/** Whether a tool is the Messages API's search of the web, of any version. */
export function isWebSearch({ type }: Tool): boolean {
  return type?.startsWith('web_search_2') === true;
}

export function searchPlaceOf(tool: Tool): SearchPlace | undefined {
  const location: unknown = 'user_location' in tool ? tool.user_location : undefined;
  if (typeof location !== 'object' || location === null) return undefined;
  const told = ['city', 'region', 'country', 'timezone'].flatMap((part): [string, string][] => {
    const value: unknown = Reflect.get(location, part);
    return typeof value === 'string' && value !== '' ? [[part, value]] : [];
  });
  return told.length === 0 ? undefined : { type: 'approximate', ...Object.fromEntries(told) };
}

/** How often the search may be used in one answer. */
export function mostSearches(tool: Tool): number | undefined {
  const maxUses: unknown = 'max_uses' in tool ? tool.max_uses : undefined;
  return typeof maxUses === 'number' && maxUses > 0 ? maxUses : undefined;
}
