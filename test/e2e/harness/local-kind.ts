import { startFakeLocalServer } from '../../upstreams/local/fake-local-server.ts';
import { startLoopback } from '../../upstreams/loopback-server.ts';
import { compatibleRules } from '../../upstreams/openai/rules.ts';
import { openAiKind, startOpenAi } from './openai-kind.ts';
import type { Upstream, UpstreamKind, UpstreamOptions } from './upstream-kind.ts';

const weakModel = 'mistral-nemo-instruct-2407';

/** A weak model on LM Studio; the chat templates of this family are strict. */
export const localKind: UpstreamKind = { ...openAiKind, name: 'local', model: `openai/${weakModel}`, start };

async function start({ contextWindow = 131_072, ...options }: UpstreamOptions): Promise<Upstream> {
  const settings = { OPENAI_PROFILE: 'lmstudio', BIG_MODEL: weakModel, SMALL_MODEL: weakModel };
  const upstream = await startOpenAi({ ...options, contextWindow }, compatibleRules.lmStudio, settings);
  const models = [{ id: weakModel, loaded: true, tools: true, window: contextWindow }];
  const about = startFakeLocalServer({ kind: 'lmstudio', models });
  // One port for both: what answers, and what tells of the models.
  const server = await startLoopback(async ({ method, path, headers, text }, { response }) => {
    const place = method === 'GET' ? about.url : upstream.settings.OPENAI_BASE_URL;
    const answer = await fetch(new URL(path, place), { method, headers, ...(text === '' ? {} : { body: text }) });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  }, String);
  return {
    settings: { ...upstream.settings, OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/v1` },
    secrets: upstream.secrets,
    get calls() {
      return upstream.calls;
    },
    get refusals() {
      return upstream.refusals;
    },
    async stop() {
      await server.stop();
      await about.stop();
      await upstream.stop();
    },
  };
}
