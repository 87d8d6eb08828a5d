// Every OpenAI-compatible server that has a name here, and where it is. How each of them differs on the wire stands in
// providers/openai/servers.ts.

export interface ServerPlace {
  /** As its makers write it. */
  readonly title: string;
  /** Where it is if nothing else is set; undefined where every user has an address of their own. */
  readonly baseUrl: string | undefined;
  /** Which `host:port` is taken for it where only an address was set. */
  readonly host: RegExp | undefined;
  /** It runs on a machine of the user's, and wants no key. */
  readonly local: boolean;
  /** Whose way of telling about its models it has, beside OpenAI's list of them. */
  readonly tellsModels?: 'ollama' | 'lmstudio' | 'llamacpp' | 'vllm';
  /** What of a prompt is beyond its window is cut off, and nobody is told. What to do about it. */
  readonly cutsPrompts?: string;
  /** Of its own models' names, those that begin with its own name (`openrouter/auto`): what stands behind the slash. */
  readonly ownPrefix?: RegExp;
  /** Its models' names begin with those of other vendors, some of which are servers here: `deepseek/deepseek-chat`. */
  readonly routes?: true;
  /** The name of a model as it is written there. */
  readonly example: string;
}

/** By the name that stands before a model: `groq/openai/gpt-oss-120b`. The hosts are tried in this order. */
export const servers = {
  azure: {
    title: 'Azure OpenAI',
    baseUrl: undefined,
    host: /\.(?:openai|services\.ai|cognitiveservices)\.azure\.(?:com|us|cn)(?::|$)/,
    local: false,
    example: 'my-gpt-5-deployment',
  },
  openrouter: {
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    host: /(?:^|\.)openrouter\.ai(?::|$)/,
    local: false,
    // All others have a vendor in front of them.
    ownPrefix: /^[^/]+$/,
    routes: true,
    example: 'anthropic/claude-sonnet-4.5',
  },
  deepseek: {
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    host: /(?:^|\.)deepseek\.com(?::|$)/,
    local: false,
    example: 'deepseek-chat',
  },
  groq: {
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    host: /(?:^|\.)groq\.com(?::|$)/,
    local: false,
    ownPrefix: /^compound/,
    example: 'openai/gpt-oss-120b',
  },
  xai: {
    title: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    host: /(?:^|\.)x\.ai(?::|$)/,
    local: false,
    example: 'grok-4.3',
  },
  mistral: {
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    host: /(?:^|\.)mistral\.ai(?::|$)/,
    local: false,
    example: 'devstral-medium-latest',
  },
  together: {
    title: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    host: /(?:^|\.)together\.(?:xyz|ai)(?::|$)/,
    local: false,
    example: 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8',
  },
  fireworks: {
    title: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    host: /(?:^|\.)fireworks\.ai(?::|$)/,
    local: false,
    example: 'accounts/fireworks/models/glm-4p6',
  },
  cerebras: {
    title: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    host: /(?:^|\.)cerebras\.ai(?::|$)/,
    local: false,
    example: 'gpt-oss-120b',
  },
  dashscope: {
    title: 'DashScope',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    host: /dashscope[\w-]*\.aliyuncs\.com(?::|$)/,
    local: false,
    example: 'qwen3-coder-plus',
  },
  moonshot: {
    title: 'Moonshot AI',
    baseUrl: 'https://api.moonshot.ai/v1',
    host: /(?:^|\.)moonshot\.(?:ai|cn)(?::|$)/,
    local: false,
    example: 'kimi-k2-thinking',
  },
  zai: {
    title: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    host: /(?:^|\.)(?:z\.ai|bigmodel\.cn)(?::|$)/,
    local: false,
    example: 'glm-4.6',
  },
  minimax: {
    title: 'MiniMax',
    baseUrl: 'https://api.minimax.io/v1',
    host: /(?:^|\.)minimaxi?\.(?:io|com|chat)(?::|$)/,
    local: false,
    example: 'MiniMax-M2',
  },
  ollama: {
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    host: /:11434$|(?:^|\.)ollama\.com(?::|$)/,
    local: true,
    tellsModels: 'ollama',
    cutsPrompts: 'start it with OLLAMA_CONTEXT_LENGTH=65536',
    example: 'qwen3-coder:30b',
  },
  lmstudio: {
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    host: /:1234$/,
    local: true,
    tellsModels: 'lmstudio',
    cutsPrompts: 'load the model with a context length of 65536',
    example: 'qwen/qwen3-coder-30b',
  },
  llamacpp: {
    title: 'llama.cpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    // Its port is everybody's.
    host: undefined,
    local: true,
    tellsModels: 'llamacpp',
    example: 'qwen3-coder-30b',
  },
  vllm: {
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    host: /:8000$/,
    local: true,
    tellsModels: 'vllm',
    example: 'Qwen/Qwen3-Coder-30B-A3B-Instruct',
  },
  sglang: {
    title: 'SGLang',
    baseUrl: 'http://127.0.0.1:30000/v1',
    host: /:30000$/,
    local: true,
    tellsModels: 'vllm',
    example: 'Qwen/Qwen3-Coder-30B-A3B-Instruct',
  },
} as const satisfies Readonly<Record<string, ServerPlace>>;

export type ServerName = keyof typeof servers;
/** In the order of the table. */
export const serverNames = namesIn(servers);

export function placeOf(server: ServerName): ServerPlace {
  return servers[server];
}

/** The server that a word names, in any letter case. */
export function serverNamed(word: string): ServerName | undefined {
  const lower = word.toLowerCase();
  return serverNames.find((name) => name === lower);
}

export type ServerVariable = `${string}_API_KEY` | `${string}_BASE_URL`;

/** The setting that holds a server's key. */
export function keyVariableOf(server: ServerName): ServerVariable {
  return `${server.toUpperCase()}_API_KEY`;
}

/** The setting that holds a server's address. */
export function baseUrlVariableOf(server: ServerName): ServerVariable {
  return `${server.toUpperCase()}_BASE_URL`;
}

/** The server that an address is known to be; undefined for any other. */
export function serverAt(baseUrl: string): ServerName | undefined {
  const host = hostOf(baseUrl);
  return serverNames.find((name) => placeOf(name).host?.test(host) === true);
}

/** The server that is spoken to, by its name, by what was set for its address, or by that address. */
export function serverOf(called: {
  readonly server?: ServerName;
  readonly profile?: string;
  readonly baseUrl: string;
}): ServerName | undefined {
  const { server, profile = 'auto', baseUrl } = called;
  return server ?? (profile === 'auto' ? serverAt(baseUrl) : serverNamed(profile));
}

/** `host:port` in small letters; the port is left out where the address leaves it out. */
export function hostOf(baseUrl: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(baseUrl)?.[1]?.toLowerCase() ?? '';
}

/** Where OpenAI's own API is. */
export function isOpenAiHost(baseUrl: string): boolean {
  return /(?:^|\.)api\.openai\.com(?::|$)/.test(hostOf(baseUrl));
}

function namesIn<T extends object>(table: T): readonly (keyof T & string)[] {
  const names: (keyof T & string)[] = [];
  for (const name in table) names.push(name);
  return names;
}
