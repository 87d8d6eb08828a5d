/** What concerns one connection only and stays there (source: RFC 9110, 7.6.1, and what HTTP/1.1 had before it). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** A copy of the headers that are meant for the other end, several of one name included. */
export function endToEndHeaders(headers: Headers): Headers {
  const kept = new Headers(headers);
  const named = headers.get('connection');
  if (named !== null) {
    for (const name of named.split(',')) {
      const plain = name.trim();
      // Written by a client, it need not be a name.
      if (/^[\w!#$%&'*+.^`|~-]+$/.test(plain)) kept.delete(plain);
    }
  }
  for (const name of hopByHop) kept.delete(name);
  return kept;
}
