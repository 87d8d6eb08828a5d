import { isRecord } from '../../messages/json.ts';
import { errorStatus, longestErrorText, openErrorBody, parseErrorJson } from '../error-body.ts';
import { type Fields, textOf } from './answer-wire.ts';

/** What a failed answer says, whatever form it came in. Every field may be missing. */
export interface SaidError {
  readonly format: 'json' | 'html' | 'text' | 'empty';
  readonly message: string | undefined;
  /** An HTTP status told inside the body. */
  readonly code: number | undefined;
  /** Google's word for it: `INVALID_ARGUMENT`. */
  readonly status: string | undefined;
  /** `ErrorInfo.reason`: `API_KEY_INVALID`. */
  readonly reasons: readonly string[];
  /** Which quotas are used up: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  readonly quotas: readonly string[];
  /** `RetryInfo.retryDelay`: `34.4s`. */
  readonly retryDelay: string | undefined;
}

const nothing: SaidError = {
  format: 'empty',
  message: undefined,
  code: undefined,
  status: undefined,
  reasons: [],
  quotas: [],
  retryDelay: undefined,
};

/** Reads the body of an answer that is no success. */
export function readErrorBody(body: string): SaidError {
  const opened = openErrorBody(body);
  if (opened.format !== 'json') return { ...nothing, ...opened };
  if (typeof opened.value === 'string') return { ...nothing, format: 'text', message: textOf(opened.value) };
  return readErrorValue(opened.value);
}

/** Reads an error that came as JSON: `{error: {…}}`, the same in a list, or the error alone. */
export function readErrorValue(value: unknown): SaidError {
  const error = errorIn(value, 0);
  if (!isRecord(error)) return { ...nothing, format: 'json', message: textOf(error)?.slice(0, longestErrorText) };
  const inner = parseErrorJson(textOf(error.message)?.trim() ?? '');
  // A gateway puts Google's whole answer into a message of its own.
  if (isRecord(inner)) return readErrorValue(inner);
  const details = detailsOf(error);
  const message = [textOf(error.message), ...details.violations].filter((line) => line !== undefined);
  const told = message.length > 0 ? message : [textOf(error.error_description), textOf(error.error)];
  return {
    format: 'json',
    message: textOf(
      told
        .filter((line) => line !== undefined)
        .join('\n')
        .slice(0, longestErrorText),
    ),
    code: errorStatus(error.code) ?? errorStatus(error.status),
    status: textOf(error.status),
    reasons: details.reasons,
    quotas: details.quotas,
    retryDelay: details.retryDelay,
  };
}

const deepest = 4;

function errorIn(value: unknown, depth: number): unknown {
  if (depth > deepest) return undefined;
  if (Array.isArray(value)) return errorIn(value.find((one) => isRecord(one) && 'error' in one) ?? value[0], depth + 1);
  if (!isRecord(value) || value.error === undefined || value.error === null) return value;
  // `{"error": "invalid_grant", "error_description": …}` has its words beside the error.
  return typeof value.error === 'string' && !value.error.startsWith('{') && !value.error.startsWith('[')
    ? {
        message: textOf(value.error_description) ?? textOf(value.message) ?? value.error,
        reason: value.error,
        ...value,
      }
    : errorIn(typeof value.error === 'string' ? parseErrorJson(value.error) : value.error, depth + 1);
}

interface Details {
  readonly reasons: string[];
  readonly quotas: string[];
  /** What `BadRequest` finds wrong, as far as the message does not say it. */
  readonly violations: string[];
  retryDelay: string | undefined;
}

const mostViolations = 5;

function detailsOf({ details, message, reason }: Fields): Details {
  const found: Details = { reasons: [], quotas: [], violations: [], retryDelay: undefined };
  if (typeof reason === 'string') found.reasons.push(reason);
  if (!Array.isArray(details)) return found;
  for (const detail of details) {
    if (!isRecord(detail)) continue;
    if (typeof detail.reason === 'string') found.reasons.push(detail.reason);
    if (typeof detail.retryDelay === 'string') found.retryDelay ??= detail.retryDelay;
    for (const violation of listOf(detail.violations)) {
      const quota = textOf(violation.quotaId) ?? textOf(violation.quotaMetric) ?? textOf(violation.subject);
      if (quota !== undefined) found.quotas.push(quota);
    }
    for (const violation of listOf(detail.fieldViolations).slice(0, mostViolations)) {
      const words = textOf(violation.description);
      if (words === undefined || textOf(message)?.includes(words) === true) continue;
      const field = textOf(violation.field);
      found.violations.push(field === undefined || words.includes(field) ? words : `${field}: ${words}`);
    }
  }
  return found;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
