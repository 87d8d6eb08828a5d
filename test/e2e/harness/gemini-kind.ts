import { type FakeGemini, type FakeGeminiOptions, startFakeGemini } from '../../upstreams/gemini/fake-gemini.ts';
import {
  declarationsOf,
  type FunctionResponse,
  type GeminiCall,
  type InlineData,
  type Part,
} from '../../upstreams/gemini/gemini-request.ts';
import { errorInfo, failing, googleError, retryInfo } from '../../upstreams/gemini/google-error.ts';
import { makeTestCredentials } from '../../upstreams/google-auth/credential-files.ts';
import { startFakeGoogleAuth } from '../../upstreams/google-auth/fake-google-auth.ts';
import { end, raw, say, streamError } from '../../upstreams/script.ts';
import type { Failures, Upstream, UpstreamCall, UpstreamKind, UpstreamOptions } from './upstream-kind.ts';

const apiKey = 'AIza-of-the-upstream';

const failures: Failures = {
  rateLimit: (seconds) =>
    failing(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [retryInfo(`${seconds}s`)]),
  wrongKey: {
    step: failing(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      errorInfo('API_KEY_INVALID'),
    ]),
    message: 'API key not valid',
    status: 401,
  },
  midText: (beginning) => [
    say(beginning),
    streamError(googleError(500, 'INTERNAL', 'An internal error has occurred.')),
  ],
  // A call comes in one piece, so it is the piece that breaks off.
  halfCall: [
    raw(
      'data: {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"Bash","args":{"command":"tou',
    ),
    end(),
  ],
};

const aiStudio = {
  failures,
  withoutKey: { settings: { GEMINI_API_KEY: undefined, GEMINI_BASE_URL: undefined }, message: 'GEMINI_API_KEY' },
  returns: 'signatures',
  harmlessLosses: /^$/,
} as const satisfies Partial<UpstreamKind>;

/** The generation that thinks by budget and does not check signatures. */
export const gemini25Kind: UpstreamKind = {
  ...aiStudio,
  name: 'gemini-2.5',
  model: 'gemini/gemini-2.5-pro',
  start: (options) => startAiStudio(options, 'gemini-2.5-pro', {}),
};

/** A generation that checks signatures. */
export const gemini3Kind: UpstreamKind = {
  ...aiStudio,
  name: 'gemini-3',
  model: 'gemini/gemini-3.1-pro-preview',
  start: (options) => startGemini3(options),
};

/** The same models on Vertex AI, with the account of a machine on Google Cloud. */
export const vertexKind: UpstreamKind = {
  ...aiStudio,
  name: 'vertex',
  model: 'vertex/gemini-3.1-pro-preview',
  failures: {
    ...failures,
    wrongKey: {
      step: failing(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied on resource.", [
        errorInfo('IAM_PERMISSION_DENIED'),
      ]),
      message: 'aiplatform.endpoints.predict',
      status: 403,
    },
  },
  withoutKey: {
    settings: { GOOGLE_APPLICATION_CREDENTIALS: '/no-such-file.json' },
    message: 'GOOGLE_APPLICATION_CREDENTIALS',
  },
  start: (options) => startVertex(options),
};

/** How answers may look besides what is usual: where signatures stand, and whether arguments come in pieces. */
type Style = FakeGeminiOptions['style'] & object;

/** A kind whose answers look otherwise. */
export function styled(kind: typeof gemini3Kind | typeof vertexKind, style: Style): UpstreamKind {
  const start = kind === vertexKind ? startVertex : startGemini3;
  return { ...kind, start: (options) => start(options, style) };
}

function startGemini3(options: UpstreamOptions, style: Style = {}): Promise<Upstream> {
  return startAiStudio(options, 'gemini-3.1-pro-preview', style);
}

async function startAiStudio(options: UpstreamOptions, model: string, style: Style): Promise<Upstream> {
  const fake = await startFakeGemini({ platform: 'ai-studio', apiKey, style, ...scripted(options) });
  const settings = {
    PREFERRED_PROVIDER: 'google',
    BIG_MODEL: model,
    GEMINI_BASE_URL: fake.url,
    GEMINI_API_KEY: apiKey,
  };
  return upstreamOf(fake, settings, [apiKey], fake.stop);
}

async function startVertex(options: UpstreamOptions, style: Style = {}): Promise<Upstream> {
  const { known, directory, remove } = makeTestCredentials();
  const google = await startFakeGoogleAuth({ known });
  const fake = await startFakeGemini({
    platform: 'vertex',
    accepts: google.accepts,
    project: known.project,
    style,
    ...scripted(options),
  });
  const settings = {
    PREFERRED_PROVIDER: 'google',
    USE_VERTEX_AUTH: 'true',
    BIG_MODEL: 'gemini-3.1-pro-preview',
    VERTEX_PROJECT: known.project,
    VERTEX_BASE_URL: fake.url,
    GCE_METADATA_HOST: google.host,
    // An empty folder: no login of a developer's own.
    CLOUDSDK_CONFIG: directory,
  };
  return upstreamOf(fake, settings, [], async () => {
    await Promise.all([fake.stop(), google.stop()]);
    remove();
  });
}

function scripted({ script, contextWindow }: UpstreamOptions): Pick<FakeGeminiOptions, 'model' | 'rules'> {
  return {
    model: (call) => script(viewOf(call)),
    rules: contextWindow === undefined ? {} : { inputTokenLimit: contextWindow },
  };
}

function upstreamOf(
  fake: FakeGemini,
  settings: Upstream['settings'],
  secrets: Upstream['secrets'],
  stop: Upstream['stop'],
): Upstream {
  return {
    settings,
    secrets,
    get calls() {
      return fake.calls.filter(({ body }) => body.method !== 'countTokens').map(viewOf);
    },
    get refusals() {
      return fake.refusals.map(({ message }) => ({ message, isOverflow: /input token count/.test(message) }));
    },
    stop,
  };
}

function viewOf({ body, text, headers, index }: GeminiCall): UpstreamCall {
  const { contents, systemInstruction, tools } = body;
  const parts = contents.flatMap((content) => content.parts ?? []);
  return {
    index,
    model: body.model,
    text,
    headers,
    tools: declarationsOf(body).map(({ name = '', description = '' }) => ({ name, description })),
    toolResults: parts.flatMap(({ functionResponse }) =>
      functionResponse === undefined ? [] : [resultOf(functionResponse)],
    ),
    images: parts
      .flatMap(mediaOf)
      .filter(({ mimeType }) => mimeType?.startsWith('image/') === true)
      .map(({ mimeType, data }) => `data:${mimeType};base64,${data}`),
    reasoning: parts.flatMap(({ thoughtSignature }) => (thoughtSignature === undefined ? [] : [thoughtSignature])),
    lastText: (contents.at(-1)?.parts ?? []).map(saidIn).join('\n'),
    prompt: JSON.stringify([systemInstruction, tools, contents]).slice(0, -2),
  };
}

function saidIn({ text = '', functionResponse }: Part): string {
  return functionResponse === undefined ? text : resultOf(functionResponse);
}

function resultOf({ response = {} }: FunctionResponse): string {
  return String(response.output ?? response.error ?? '');
}

function mediaOf({ inlineData, functionResponse }: Part): readonly InlineData[] {
  const inside = functionResponse?.parts ?? [];
  return [inlineData, ...inside.map((part) => part.inlineData)].filter((media) => media !== undefined);
}
