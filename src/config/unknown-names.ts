import type { Dotenv } from './dotenv.ts';
import { editDistance } from './edit-distance.ts';
import type { ConfigSource } from './load.ts';
import { type VariableName, variableNames } from './schema.ts';
import { serverVariables } from './server-settings.ts';
import { type ServerVariable, serverNames } from './servers.ts';

/** Names that other programs use for what we call otherwise. */
const otherWords: Readonly<Record<string, VariableName | ServerVariable>> = {
  ANTHROPIC_BASE_URL: 'ANTHROPIC_UPSTREAM_URL',
  ANTHROPIC_VERTEX_PROJECT_ID: 'VERTEX_PROJECT',
  AZURE_OPENAI_API_KEY: 'AZURE_API_KEY',
  AZURE_OPENAI_ENDPOINT: 'AZURE_BASE_URL',
  BRAVE_SEARCH_API_KEY: 'BRAVE_API_KEY',
  CLOUD_ML_REGION: 'VERTEX_LOCATION',
  GOOGLE_API_KEY: 'GEMINI_API_KEY',
  GOOGLE_CLOUD_LOCATION: 'VERTEX_LOCATION',
  GOOGLE_GENAI_USE_VERTEXAI: 'USE_VERTEX_AUTH',
  GOOGLE_VERTEX_BASE_URL: 'VERTEX_BASE_URL',
  OPENAI_API_BASE: 'OPENAI_BASE_URL',
  OPENAI_KEY: 'OPENAI_API_KEY',
  SEARXNG_BASE_URL: 'SEARXNG_URL',
  SEARXNG_API_BASE: 'SEARXNG_URL',
  GROK_API_KEY: 'XAI_API_KEY',
  GLM_API_KEY: 'ZAI_API_KEY',
  KIMI_API_KEY: 'MOONSHOT_API_KEY',
  LM_STUDIO_BASE_URL: 'LMSTUDIO_BASE_URL',
  OLLAMA_HOST: 'OLLAMA_BASE_URL',
  QWEN_API_KEY: 'DASHSCOPE_API_KEY',
  TOGETHERAI_API_KEY: 'TOGETHER_API_KEY',
  MIDDLE_MODEL: 'SONNET_MODEL',
};

const allNames = [...variableNames, ...serverVariables];
type KnownName = (typeof allNames)[number];

const ourPrefixes =
  /^(?:OPENAI|GEMINI|VERTEX|ANTHROPIC|PROXY|PREFER\w*|BIG|SMALL|OPUS|SONNET|HAIKU|MODEL|REPAIR|LOG|WEB|TAVILY|BRAVE|EXA|SEARXNG)_/;
const serverPrefixes = serverNames.map((server) => `${server.toUpperCase()}_`);

/**
 * Names that set nothing here but seem meant for us. A `.env` file is written for us, so there every name with one of
 * our prefixes counts; the environment belongs to everybody, so there only a misspelling does.
 */
export function warnOfUnknownNames(env: ConfigSource['env'], file: Dotenv): string[] {
  const known = new Set<string>(allNames);
  const warnings: string[] = [];
  for (const [name, { line }] of file.values) {
    if (known.has(name)) continue;
    const meant = otherWords[name] ?? misspelled(name) ?? shortened(name);
    if (meant !== undefined) warnings.push(`.env:${line}: ${name} is not read here: did you mean ${meant}?`);
    else if (isMeantForUs(name)) warnings.push(`.env:${line}: ${name} is not read here: docs/config.md lists what is`);
  }
  for (const [name, text] of Object.entries(env)) {
    if (!text || known.has(name) || file.values.has(name) || Object.hasOwn(otherWords, name)) continue;
    const meant = misspelled(name);
    if (meant !== undefined) warnings.push(`${name} is not read here: did you mean ${meant}?`);
  }
  return warnings;
}

function isMeantForUs(name: string): boolean {
  return ourPrefixes.test(name) || serverPrefixes.some((prefix) => name.startsWith(prefix));
}

/** `BRAVE_KEY` for `BRAVE_API_KEY`, `VLLM_URL` for `VLLM_BASE_URL`. */
function shortened(name: string): KnownName | undefined {
  const whole = name.replace(/_KEY$/, '_API_KEY').replace(/_URL$/, '_BASE_URL');
  return allNames.find((known) => known === whole);
}

function misspelled(name: string): KnownName | undefined {
  const letters = lettersOf(name);
  return allNames.find((known) => {
    const wanted = lettersOf(known);
    // Short names have too many honest neighbours (SPORT, HOSTS).
    const allowed = wanted.length < 6 ? 0 : wanted.length < 14 ? 1 : 2;
    return Math.abs(letters.length - wanted.length) <= allowed && editDistance(letters, wanted) <= allowed;
  });
}

function lettersOf(name: string): string {
  return name.toUpperCase().replaceAll(/[_-]/g, '');
}
