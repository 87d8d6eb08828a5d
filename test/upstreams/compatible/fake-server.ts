import type { ServerName } from '../../../src/config/servers.ts';
import { isRecord, parseJson } from '../json.ts';
import type { ChatRequest } from '../openai/chat-request.ts';
import { startFakeOpenAi } from '../openai/fake-openai.ts';
import type { ResponsesRequest } from '../openai/responses/responses-request.ts';
import type { Script } from '../script.ts';
import { type Body, refusalOf, serverRules } from './server-rules.ts';

export interface FakeServerOptions {
  readonly server: ServerName;
  readonly model: Script<ChatRequest>;
  /** Plays the model on the Responses API; without it that path is not served. */
  readonly responses?: Script<ResponsesRequest>;
  /** The only key that is let in. */
  readonly apiKey?: string;
}

/** A fake of a compatible server: refuses what the real one refuses, in its words, and answers as the script says. */
export async function startFakeServer({ server: name, model, responses, apiKey }: FakeServerOptions) {
  const rules = serverRules[name];
  const refusals: { readonly message: string }[] = [];
  const bodies: Body[] = [];
  const behind = await startFakeOpenAi({
    model,
    ...(responses !== undefined && { responses }),
    rules: { models: 'any', key: 'ignored', schema: false, developerRole: false, unknownFields: 'ignore' },
  });
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const text = await request.text();
      const refuse = (status: number, body: object) => {
        refusals.push({ message: `${name}: ${JSON.stringify(body)}` });
        return Response.json(body, { status });
      };
      const isChat = pathname.endsWith('/chat/completions');
      if (!isChat && !(responses !== undefined && pathname.endsWith('/responses'))) {
        return new Response('404 page not found', { status: 404 });
      }
      const key = rules.auth === undefined ? undefined : request.headers.get(rules.auth)?.replace(/^Bearer /, '');
      if (rules.auth !== undefined && (key === undefined || (apiKey !== undefined && key !== apiKey))) {
        return refuse(401, { error: { message: 'Wrong key', code: 'invalid_api_key' } });
      }
      const body = parseJson(text);
      if (!isRecord(body)) return refuse(400, { error: { message: 'no JSON' } });
      bodies.push(body);
      const refused = isChat ? refusalOf(rules, body) : undefined;
      if (refused !== undefined) return refuse(refused.status, refused.body);
      return fetch(behind.url + (isChat ? '/chat/completions' : '/responses'), {
        method: 'POST',
        headers: request.headers,
        body: text,
      });
    },
  });
  return {
    /** What a client takes for its base URL, ending in `/v1`. */
    url: `http://127.0.0.1:${server.port}/v1`,
    bodies,
    get refusals() {
      return [...refusals, ...behind.refusals];
    },
    async stop() {
      await server.stop(true);
      await behind.stop();
    },
  };
}
