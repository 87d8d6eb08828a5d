import { isRecord } from '../../messages/json.ts';

/** What a failed answer says, whatever form its server gave it. Every field may be missing. */
export interface SaidError {
  readonly format: 'json' | 'html' | 'text' | 'empty';
  /** The deepest text found: a router's "provider returned error" gives way to the provider's own words. */
  readonly message: string | undefined;
  /** `type`, `code` and inner codes, lower case: servers do not agree on which of them carries the reason. */
  readonly codes: readonly string[];
  /** The field of our request it complains about, as written upstream (`tools[3].function.parameters`). */
  readonly parameter: string | undefined;
  /** An HTTP status told inside the body. */
  readonly status: number | undefined;
  readonly promptTokens: number | undefined;
  readonly contextSize: number | undefined;
}

// Far more than is shown; what is searched by patterns must have an end.
const longestRead = 16_000;

const nothing: SaidError = {
  format: 'empty',
  message: undefined,
  codes: [],
  parameter: undefined,
  status: undefined,
  promptTokens: undefined,
  contextSize: undefined,
};

/** Reads the body of an answer that is no success. */
export function readErrorBody(body: string): SaidError {
  const text = body.trim();
  if (text === '') return nothing;
  const json = parseJson(text) ?? parseJson(eventData(text));
  if (json !== undefined) return readErrorValue(json);
  if (/^<|<html|<!doctype/i.test(text.slice(0, 1_000))) return { ...nothing, format: 'html', message: htmlTitle(text) };
  return { ...nothing, format: 'text', message: text.slice(0, longestRead) };
}

/** Reads an error that came as JSON: a body, or a chunk of a stream that had begun well. */
export function readErrorValue(value: unknown): SaidError {
  const finding: Finding = { message: undefined, codes: [], parameter: undefined, status: undefined, counts: [] };
  collect(value, finding, 0);
  return {
    format: 'json',
    message: finding.message?.slice(0, longestRead),
    codes: finding.codes,
    parameter: finding.parameter,
    status: finding.status,
    promptTokens: finding.counts[0],
    contextSize: finding.counts[1],
  };
}

/** Whether a chunk of a stream with status 200 is an error in one of the known forms. */
export function isErrorValue(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value.error !== undefined && value.error !== null) return true;
  if (value.object === 'error' || value.type === 'error') return true;
  if (Array.isArray(value.choices)) {
    for (const choice of value.choices)
      if (isRecord(choice) && choice.error !== undefined && choice.error !== null) return true;
    return false;
  }
  return 'detail' in value || (typeof value.message === 'string' && !('id' in value));
}

interface Finding {
  message: string | undefined;
  readonly codes: string[];
  parameter: string | undefined;
  status: number | undefined;
  readonly counts: (number | undefined)[];
}

const nestingLimit = 5;

/** Goes from the envelope inwards; what is said further in is nearer to the cause and replaces what was said outside. */
function collect(value: unknown, finding: Finding, depth: number): void {
  if (depth > nestingLimit) return;
  if (typeof value === 'string') {
    const inner = /^[{[]/.test(value.trim()) ? parseJson(value.trim()) : undefined;
    const outside = finding.message;
    if (inner !== undefined) collect(inner, finding, depth + 1);
    // JSON in which nothing is understood is still the best there is to show.
    if (finding.message === outside && value.trim() !== '') finding.message = value.trim();
    return;
  }
  if (Array.isArray(value)) {
    collectList(value, finding, depth);
    return;
  }
  if (!isRecord(value)) return;

  for (const field of ['type', 'code', 'reason', 'status'] as const) readCode(value[field], finding);
  finding.status = statusOf(value.code) ?? statusOf(value.status) ?? statusOf(value.statusCode) ?? finding.status;
  if (typeof value.param === 'string' && value.param !== '') finding.parameter = value.param;
  if (typeof value.n_prompt_tokens === 'number') finding.counts[0] = value.n_prompt_tokens;
  if (typeof value.n_ctx === 'number') finding.counts[1] = value.n_ctx;

  for (const field of ['detail', 'message', 'error'] as const) {
    if (value[field] !== undefined) collect(value[field], finding, depth + 1);
  }
  for (const field of ['innererror', 'inner_error'] as const) {
    if (isRecord(value[field])) readCode(value[field].code, finding);
  }
  if (isRecord(value.metadata)) collectRouted(value.metadata, finding, depth);
  if (Array.isArray(value.choices)) {
    for (const choice of value.choices) if (isRecord(choice)) collect(choice.error, finding, depth + 1);
  }
}

/** FastAPI's list of what it found wrong: place and reason only, since `input` repeats the request. */
function collectList(list: readonly unknown[], finding: Finding, depth: number): void {
  const reasons: string[] = [];
  for (const item of list.slice(0, 10)) {
    if (!isRecord(item) || typeof item.msg !== 'string') {
      collect(item, finding, depth + 1);
      continue;
    }
    const place = Array.isArray(item.loc) ? item.loc.filter((step) => step !== 'body').join('.') : '';
    readCode(item.type, finding);
    if (place !== '') finding.parameter ??= place;
    reasons.push(place === '' ? item.msg : `${place}: ${item.msg}`);
  }
  if (reasons.length > 0) finding.message = reasons.join('; ');
}

/** A router such as OpenRouter puts the words of the server behind it into `metadata.raw`. */
function collectRouted(metadata: Readonly<Record<string, unknown>>, finding: Finding, depth: number): void {
  const outside = finding.message;
  collect(metadata.raw, finding, depth + 1);
  const name = metadata.provider_name;
  if (typeof name === 'string' && finding.message !== outside) finding.message = `${name}: ${finding.message}`;
  if (Array.isArray(metadata.reasons)) {
    readCode('moderation', finding);
    const reasons = metadata.reasons.filter((reason) => typeof reason === 'string');
    if (reasons.length > 0) finding.message = `${finding.message ?? 'refused'} (${reasons.join(', ')})`;
  }
}

function readCode(value: unknown, finding: Finding): void {
  if (typeof value !== 'string' || value === '' || value.length > 100) return;
  finding.codes.push(value.toLowerCase());
}

function statusOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 400 && number < 600 ? number : undefined;
}

/** A server that had promised a stream may answer a refusal as one event. */
function eventData(text: string): string {
  if (!/^(data|event):/.test(text)) return '';
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice(5).trim()).join('\n');
}

function htmlTitle(text: string): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? /<h1[^>]*>([^<]*)/i.exec(text)?.[1];
  const words = title?.replace(/\s+/g, ' ').trim();
  return words === '' ? undefined : words?.slice(0, 200);
}

function parseJson(text: string): unknown {
  if (!/^[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
