import { once } from 'node:events';
import { createServer } from 'node:https';
import { selfSigned } from '../../upstreams/web/certificate.ts';

/** A page of the web on a loopback port. */
export interface WebPage {
  /** As a model may write it: Claude Code makes https of http. */
  readonly url: string;
  /** The authority to trust, as PEM. */
  readonly certificate: string;
  readonly visits: number;
  stop(): Promise<void>;
}

/** Serves one page by https. */
export async function startWebPage(html: string): Promise<WebPage> {
  const { cert, key } = selfSigned(['127.0.0.1']);
  let visits = 0;
  const server = createServer({ cert, key }, (_request, response) => {
    visits += 1;
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/page`,
    certificate: cert,
    get visits() {
      return visits;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
