import type { Target } from './provider.ts';

const longest = 100;

/** The name a vendor's support knows this call by. It is shown and logged, so one with the key in it is none. */
export function readRequestId(headers: Headers, target: Target): string | undefined {
  const id = headers.get('x-request-id') ?? headers.get('apim-request-id') ?? headers.get('request-id');
  if (id === null || id === '') return undefined;
  const key = target.apiKey?.reveal() ?? '';
  return key !== '' && id.includes(key) ? undefined : id.slice(0, longest);
}
