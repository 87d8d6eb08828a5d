import { afterEach, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callTool, say } from '../upstreams/script.ts';
import { stopTestServers } from './test-server.ts';
import { chatServer, hit, scriptedWeb, stopFakeOpenAis } from './web-tools-server.ts';

afterEach(async () => {
  await stopTestServers();
  await stopFakeOpenAis();
});

const page = readFileSync(join(import.meta.dir, '../../docs/web-tools.md'), 'utf8');

test('the request of docs/web-tools.md is answered with the blocks that stand there', async () => {
  const request = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const promised = [...page.matchAll(/^\d\. `(\w+)`/gm)].map(([, type]) => type);
  const { server } = await chatServer(
    ({ index }) =>
      index === 0 ? [callTool('web_search', { query: 'bun' })] : [say('Bun 2 is out.[cite:1] It is fast.')],
    scriptedWeb({ search: () => [hit('one')] }),
  );
  const answer = await (await server.post(request)).json();
  expect(answer).toMatchObject({ content: promised.map((type) => ({ type })) });
  expect(promised.length).toBe(4);
});
