import type { Fence } from './fence.ts';
import { WebFailure } from './web-access.ts';

export const maxUrlLength = 2_000;

/**
 * An address as a page of the web. Throws WebFailure where it is none that may be fetched. `allows` is the client's own
 * rule, such as its list of domains.
 */
export function parsePageUrl(text: string, fence: Fence, allows: (url: URL) => boolean): URL {
  if (text.length > maxUrlLength) {
    throw new WebFailure('url_too_long', `The URL is longer than ${maxUrlLength} characters.`);
  }
  if (!URL.canParse(text)) throw new WebFailure('invalid_tool_input', 'The URL is not a whole one with https://.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new WebFailure('url_not_allowed', 'Only http:// and https:// URLs can be fetched.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new WebFailure('url_not_allowed', 'A URL with a user name or password in it is not fetched.');
  }
  if (!fence.isOpenPort(portOf(url))) {
    throw new WebFailure('url_not_allowed', 'Pages are fetched from the usual ports of the web only.');
  }
  if (!allows(url)) throw new WebFailure('url_not_allowed', `Pages of ${url.hostname} are not allowed here.`);
  url.hash = '';
  return url;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
