import { isRecord } from '../../messages/json.ts';
import { errorStatus, longestErrorText, openErrorBody, parseErrorJson } from '../error-body.ts';

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
  const opened = openErrorBody(body);
  return opened.format === 'json' ? readErrorValue(opened.value) : { ...nothing, ...opened };
}

/** Reads an error that came as JSON: a body, or a chunk of a stream that had begun well. */
export function readErrorValue(value: unknown): SaidError {
  const finding: Finding = { message: undefined, codes: [], parameter: undefined, status: undefined, counts: [] };
  collect(value, finding, 0);
  return {
    format: 'json',
    message: finding.message?.slice(0, longestErrorText),
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
    const inner = /^[{[]/.test(value.trim()) ? parseErrorJson(value.trim()) : undefined;
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
  finding.status =
    errorStatus(value.code) ?? errorStatus(value.status) ?? errorStatus(value.statusCode) ?? finding.status;
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
