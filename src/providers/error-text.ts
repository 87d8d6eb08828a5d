import { placeOf } from '../config/servers.ts';
import { isRecord } from '../messages/json.ts';
import type { MessagesRequest } from '../messages/types.ts';
import type { Target } from './provider.ts';

const messageLimit = 2_000;
const blank = '[redacted]';

/** Who failed, as the user knows it: the vendor on its own host, a server that was named, the host elsewhere. */
export function upstreamName(target: Target): string {
  const host = hostOf(target);
  if (target.server !== undefined) return `${placeOf(target.server).title} (${host})`;
  return vendorHosts.find(([pattern]) => pattern.test(host))?.[1] ?? host;
}

const vendorHosts: readonly (readonly [RegExp, string])[] = [
  [/^api\.openai\.com$/, 'OpenAI'],
  [/^generativelanguage\.googleapis\.com$/, 'Gemini'],
  [/^(?:[a-z0-9-]+-)?aiplatform\.(?:[a-z]+\.rep\.)?googleapis\.com$/, 'Vertex AI'],
];

/** Where the call went: host and path, since a query may carry a key. */
export function callPlace(target: Target, path: string): string {
  const url = URL.parse(target.baseUrl);
  if (url === null) return 'an address that is no URL';
  return `${url.host}${url.pathname.replace(/\/$/, '')}${path}`;
}

/** An upstream's own words, safe to show: no credential, nothing quoted at length from the request, a bounded size. */
export function safeText(text: string, request: MessagesRequest, target: Target): string {
  return shortened(withoutEchoes(blanked(text, target), request));
}

/** The same where the request was never read: patterns alone find what is quoted of it. */
export function safeWords(text: string, target: Target): string {
  return shortened(blanked(text, target));
}

function blanked(text: string, target: Target): string {
  const key = target.apiKey?.reveal() ?? '';
  // Cut generously first: the patterns below should not have to run over megabytes.
  let safe = text.slice(0, 4 * messageLimit + key.length);
  // A key cut in half at the end would no longer be found, so the end goes as well.
  if (text.length > safe.length) safe = safe.slice(0, safe.length - key.length);
  for (const form of new Set([key, encodeURIComponent(key)])) {
    if (form.length >= shortestKey) safe = safe.replaceAll(form, blank);
  }
  for (const [pattern, replacement] of credentialPatterns) safe = safe.replace(pattern, replacement);
  for (const [pattern, replacement] of requestEchoes) safe = safe.replace(pattern, replacement);
  return safe;
}

function shortened(text: string): string {
  return cut(text.replace(/\s+/g, ' ').trim());
}

// A "key" of three letters is a placeholder for a local server; blanking it would make every message unreadable.
const shortestKey = 4;

const credentialPatterns: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/*=-]{4,}/gi, `$1 ${blank}`],
  [/\b(?:sk|pk|rk)-[\w*.…-]{4,}/g, blank],
  // Longer, since models and organisations have names that begin like these.
  [/\b(?:gsk|csk|xai|hf|r8|fw|tgp|pplx|nvapi|ghp|gho)[-_][\w*]{16,}/g, blank],
  [/\bAIza[\w-]{10,}/g, blank],
  [/\bAQ\.[\w-]{20,}/g, blank],
  [/\bya29(?:\.[\w-]+)+/g, blank],
  [/\b1\/\/[\w-]{10,}/g, blank],
  [/\bGOCSPX-[\w-]+/g, blank],
  [/-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*/g, blank],
  [/\bAKIA[A-Z0-9]{8,}/g, blank],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]+)?/g, blank],
  [/\b((?:api|access|secret|subscription)[-_ ]?(?:key|token)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi, `$1${blank}`],
  [/([?&](?:key|api-key|token|sig)=)[^\s&"']+/gi, `$1${blank}`],
  [/(\/\/)[^\s/@"']+@/g, `$1${blank}@`],
  // Keys without a prefix, as Azure's: a long run of letters and digits mixed, with no separator in it.
  [/\b(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{32,}\b/g, blank],
  // Claude Code takes this word anywhere in an error for a wrong key of its own.
  [/x-api-key/gi, 'API key header'],
];

/** Validators like to repeat what they were given. */
const requestEchoes: readonly (readonly [RegExp, string])[] = [
  [/["']?\b(?:input|input_value|failed_generation)["']?\s*[:=]\s*["'[{][\s\S]*$/, '…'],
  [/data:[\w/+.-]+;base64,[\w+/=]*/g, 'data:…'],
  [/"[^"]{120,}"/g, '"…"'],
  [/'[^']{120,}'/g, "'…'"],
  [/`[^`]{120,}`/g, '`…`'],
];

const shortestEcho = 16;
const probeLength = 40;

/** Whatever form a server gives to what it repeats: from where a text of the conversation begins, nothing is shown. */
function withoutEchoes(text: string, request: MessagesRequest): string {
  let end = text.length;
  const look = (content: unknown): void => {
    if (typeof content === 'string') {
      const probe = /\S[^\n"'\\]*/.exec(content)?.[0].slice(0, probeLength).trim() ?? '';
      const at = probe.length < shortestEcho ? -1 : text.indexOf(probe);
      if (at >= 0 && at < end) end = at;
    } else if (Array.isArray(content)) {
      for (const block of content) {
        if (!isRecord(block)) continue;
        look(block.text);
        if (block.type === 'tool_result') look(block.content);
      }
    }
  };
  look(request.system);
  for (const message of request.messages) look(message.content);
  return end === text.length ? text : `${text.slice(0, end)}…`;
}

function cut(text: string): string {
  return text.length <= messageLimit ? text : `${text.slice(0, messageLimit - 1)}…`;
}

function hostOf(target: Target): string {
  return URL.parse(target.baseUrl)?.host ?? target.provider;
}
