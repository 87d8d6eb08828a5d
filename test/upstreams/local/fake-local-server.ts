export interface FakeModel {
  readonly id: string;
  readonly loaded?: boolean;
  readonly tools?: boolean;
  /** As the server's makers write it: `30.5B`. */
  readonly size?: string;
  readonly window?: number;
  /** Something else than a model to talk to. */
  readonly embeds?: boolean;
}

export interface FakeLocalServerOptions {
  readonly kind: 'ollama' | 'lmstudio' | 'llamacpp' | 'vllm';
  readonly models: readonly FakeModel[];
  /** The base URL of a server that answers what is asked of the models. */
  readonly chat?: string;
}

/** What a server on the user's machine tells of its models, in the form that each kind of server has. */
export function startFakeLocalServer({ kind, models: atFirst, chat }: FakeLocalServerOptions) {
  let models = atFirst;
  const calls: string[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      calls.push(`${request.method} ${pathname}`);
      if (pathname === '/v1/models')
        return Response.json({ object: 'list', data: models.map((model) => listed[kind](model)) });
      if (pathname.startsWith('/v1/') && chat !== undefined) {
        return fetch(chat + pathname.slice('/v1'.length), {
          method: request.method,
          headers: request.headers,
          body: await request.text(),
        });
      }
      const body: unknown = request.method === 'POST' ? await request.json() : undefined;
      const told = tells[kind](pathname, body, models);
      return told === undefined ? new Response('404 page not found', { status: 404 }) : Response.json(told);
    },
  });
  return {
    /** What a client takes for its base URL, ending in `/v1`. */
    url: `http://127.0.0.1:${server.port}/v1`,
    calls,
    become(next: readonly FakeModel[]) {
      models = next;
    },
    stop: () => server.stop(true),
  };
}

const ofOpenAi = { object: 'model', created: 1_700_000_000 };
const listed: Readonly<Record<FakeLocalServerOptions['kind'], (model: FakeModel) => object>> = {
  ollama: ({ id }) => ({ id, ...ofOpenAi, owned_by: 'library' }),
  lmstudio: ({ id }) => ({ id, ...ofOpenAi, owned_by: 'organization_owner' }),
  llamacpp: ({ id }) => ({ id, ...ofOpenAi, owned_by: 'llamacpp', meta: { n_ctx_train: 262_144 } }),
  vllm: ({ id, window }) => ({ id, ...ofOpenAi, owned_by: 'vllm', root: id, max_model_len: window }),
};

type Tell = (path: string, body: unknown, models: readonly FakeModel[]) => object | undefined;
const tells: Readonly<Record<FakeLocalServerOptions['kind'], Tell>> = {
  ollama(path, body, models) {
    if (path === '/api/tags') {
      return { models: models.map(({ id, size }) => ({ name: id, model: id, details: { parameter_size: size } })) };
    }
    if (path === '/api/ps') {
      const running = models.filter(({ loaded }) => loaded);
      return { models: running.map(({ id, window }) => ({ name: id, model: id, context_length: window })) };
    }
    if (path !== '/api/show' || typeof body !== 'object' || body === null || !('model' in body)) return undefined;
    const model = models.find(({ id }) => id === body.model);
    if (model === undefined) return undefined;
    const { tools, embeds, loaded, window } = model;
    return {
      capabilities: [embeds ? 'embedding' : 'completion', ...(tools ? ['tools'] : [])],
      parameters: `temperature                    0.7\n${!loaded && window ? `num_ctx                        ${window}\n` : ''}`,
    };
  },
  lmstudio(path, _body, models) {
    if (path !== '/api/v0/models') return undefined;
    return {
      object: 'list',
      data: models.map(({ id, embeds, loaded, window, tools }) => ({
        id,
        object: 'model',
        type: embeds ? 'embeddings' : 'llm',
        state: loaded ? 'loaded' : 'not-loaded',
        max_context_length: 262_144,
        ...(loaded && { loaded_context_length: window }),
        ...(tools && { capabilities: ['tool_use'] }),
      })),
    };
  },
  llamacpp(path, _body, models) {
    return path === '/props'
      ? { default_generation_settings: { n_ctx: models[0]?.window }, total_slots: 1 }
      : undefined;
  },
  vllm: () => undefined,
};
