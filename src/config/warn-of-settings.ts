import { editDistance } from './edit-distance.ts';
import type { Written } from './load.ts';
import { isLoopback } from './loopback.ts';
import type { Settings } from './schema.ts';
import { callableAddress } from './server-settings.ts';
import {
  baseUrlVariableOf,
  isOpenAiHost,
  keyVariableOf,
  placeOf,
  serverNamed,
  serverNames,
  serverOf,
} from './servers.ts';

/** What is allowed, but probably not meant. */
export function warnOfSettings(settings: Settings, written: Written): string[] {
  return [
    ...warnOfOpenDoor(settings),
    ...warnOfIgnoredModels(settings, written),
    ...warnOfOpenAiServer(settings, written),
    ...warnOfUnknownPrefixes(settings),
    ...warnOfGoogle(settings, written),
    ...warnOfPlaceholders(written),
  ];
}

function warnOfOpenDoor(settings: Settings): string[] {
  if (isLoopback(settings.HOST) || settings.PROXY_API_KEY !== undefined) return [];
  return [
    `ALLOW_UNAUTHENTICATED: whoever can reach ${settings.HOST} on port ${settings.PORT} can use your provider keys`,
  ];
}

function warnOfIgnoredModels(settings: Settings, written: Written): string[] {
  if (settings.PREFERRED_PROVIDER !== 'anthropic') return [];
  return (['BIG_MODEL', 'SMALL_MODEL'] as const)
    .filter((name) => written.has(name))
    .map((name) => `${name} is ignored with PREFERRED_PROVIDER=anthropic: Claude names go through as they are`);
}

function warnOfOpenAiServer(settings: Settings, written: Written): string[] {
  const warnings: string[] = [];
  if (new URL(callableAddress(settings.OPENAI_BASE_URL)).pathname === '/') {
    warnings.push(
      `OPENAI_BASE_URL has no path; most servers answer under /v1: OPENAI_BASE_URL=${settings.OPENAI_BASE_URL}/v1`,
    );
  }
  if (settings.PREFERRED_PROVIDER === 'openai' && !settings.OPENAI_BASE_URL.includes('api.openai.com')) {
    const unset: string[] = [];
    if (!written.has('BIG_MODEL')) unset.push('BIG_MODEL');
    if (!written.has('SMALL_MODEL') && !written.has('HAIKU_MODEL')) unset.push('SMALL_MODEL');
    if (unset.length > 0) {
      warnings.push(`${unset.join(' and ')} not set: the server of OPENAI_BASE_URL is asked for OpenAI's own models`);
    }
  }
  const profile = serverNamed(settings.OPENAI_PROFILE);
  if (profile !== undefined && !written.has('OPENAI_BASE_URL') && !written.has('BIG_MODEL')) {
    warnings.push(`BIG_MODEL is not set: ${placeOf(profile).title} is asked for OpenAI's own models`);
  }
  return [...warnings, ...warnOfRoutersNames(settings, written)];
}

/** A router's own names begin with vendors that are providers and servers here: what begins so does not go to it. */
function warnOfRoutersNames(settings: Settings, written: Written): string[] {
  const router = serverOf({ profile: settings.OPENAI_PROFILE, baseUrl: settings.OPENAI_BASE_URL });
  if (router === undefined || placeOf(router).routes !== true || settings.PREFERRED_PROVIDER !== 'openai') return [];
  const { title } = placeOf(router);
  return modelsOf(settings).flatMap((model) => {
    const [prefix = ''] = model.split('/', 1);
    const server = serverNamed(prefix);
    const isTaken =
      /^(?:openai|anthropic)$/i.test(prefix) ||
      (server !== undefined && (written.has(keyVariableOf(server)) || written.has(baseUrlVariableOf(server))));
    if (!isTaken || !model.includes('/') || /^openai\/.*\//i.test(model)) return [];
    return [`${model} goes to ${prefix} itself: for ${title}'s model of that name write openai/${model}`];
  });
}

/** No model of OpenAI's own has a slash in its name: what stands before it was meant for a provider or a server. */
function warnOfUnknownPrefixes(settings: Settings): string[] {
  if (settings.PREFERRED_PROVIDER !== 'openai' || !isOpenAiHost(settings.OPENAI_BASE_URL)) return [];
  return [...new Set(modelsOf(settings))].flatMap((model) => {
    const [, prefix, rest] = /^(?:anthropic-)?([^/]+)\/(.+)$/.exec(model) ?? [];
    if (prefix === undefined || /^(?:openai|gemini|vertex|anthropic)$/i.test(prefix) || serverNamed(prefix)) return [];
    const nearest = serverNames.find((server) => editDistance(prefix.toLowerCase(), server) === 1);
    const meant = prefix.toLowerCase() === 'google' ? 'gemini' : nearest;
    const advice = meant === undefined ? 'docs/providers.md lists the servers' : `did you mean ${meant}/${rest}?`;
    return [`${model} goes to OpenAI, for no server is called ${prefix}: ${advice}`];
  });
}

function warnOfGoogle(settings: Settings, written: Written): string[] {
  const warnings: string[] = [];
  const useVertex = settings.USE_VERTEX_AUTH;
  if (useVertex && settings.GEMINI_API_KEY !== undefined) {
    warnings.push('GEMINI_API_KEY is used for gemini/… names only: USE_VERTEX_AUTH sends Gemini models to Vertex AI');
  }
  const isVendor = new URL(settings.GEMINI_BASE_URL).hostname === 'generativelanguage.googleapis.com';
  if (settings.PREFERRED_PROVIDER === 'google' && !useVertex && settings.GEMINI_API_KEY === undefined && isVendor) {
    warnings.push(
      'PREFERRED_PROVIDER=google has no credentials: set GEMINI_API_KEY, or USE_VERTEX_AUTH=true for Vertex AI',
    );
  }
  const models = modelsOf(settings);
  const namesVertex = models.some((model) => /^(?:anthropic-)?vertex\//i.test(model));
  if (!useVertex && !namesVertex) {
    for (const name of ['VERTEX_PROJECT', 'VERTEX_LOCATION', 'VERTEX_BASE_URL'] as const) {
      if (written.has(name)) {
        warnings.push(`${name} is for vertex/… names only: USE_VERTEX_AUTH=true sends all Gemini models to Vertex AI`);
        break;
      }
    }
  }
  const newest = models.find((model) => newestGemini.test(model));
  if ((useVertex || namesVertex) && newest !== undefined && isSingleRegion(settings.VERTEX_LOCATION)) {
    warnings.push(
      `VERTEX_LOCATION=${settings.VERTEX_LOCATION} is a single region, where Google does not offer ${newest}: use global, us or eu`,
    );
  }
  return warnings;
}

/** Source: the locations in Google's model pages. The newest generations are offered globally and in multi-regions. */
const newestGemini = /^(?:(?:anthropic-)?vertex\/)?gemini-(?:3(?:\.\d+)?-.*preview|3\.[6-9]|[4-9])/i;

function isSingleRegion(location: string): boolean {
  return !['global', 'us', 'eu'].includes(location);
}

function modelsOf(settings: Settings): string[] {
  const { BIG_MODEL, SMALL_MODEL, OPUS_MODEL, SONNET_MODEL, HAIKU_MODEL } = settings;
  return [BIG_MODEL, SMALL_MODEL, OPUS_MODEL, SONNET_MODEL, HAIKU_MODEL].filter((model) => model !== undefined);
}

const keys = [
  'OPENAI_API_KEY',
  'GEMINI_API_KEY',
  'ANTHROPIC_API_KEY',
  'PROXY_API_KEY',
  'TAVILY_API_KEY',
  'BRAVE_API_KEY',
  'EXA_API_KEY',
] as const;

function warnOfPlaceholders(written: Written): string[] {
  const warnings: string[] = [];
  for (const name of [...keys, ...serverNames.map(keyVariableOf)]) {
    const text = written.get(name);
    if (text !== undefined && /\.{3}$|…$|^<.*>$|^your[-_]|^change[-_]?me$|^x{3,}$/i.test(text)) {
      warnings.push(`${name} looks like a placeholder, not like a key`);
    }
  }
  return warnings;
}
