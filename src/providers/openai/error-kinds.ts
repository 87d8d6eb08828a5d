import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { SaidError } from './error-shapes.ts';

/** Which of our kinds a failure is. The reason it tells counts before its status: servers disagree about statuses. */
export function kindOf(status: number | undefined, said: SaidError): ErrorKind {
  for (const sign of signs) {
    if (sign.statuses !== undefined && status !== undefined && !sign.statuses.includes(status)) continue;
    if (said.codes.some((code) => sign.codes.has(code)) || sign.words?.test(said.message ?? '') === true)
      return sign.kind;
  }
  return status === undefined ? 'upstream-fault' : kindOfStatus(status, said);
}

interface Sign {
  readonly kind: ErrorKind;
  readonly codes: ReadonlySet<string>;
  readonly words?: RegExp;
  /** Where the words alone would be too vague, the statuses that may carry them; an error in a stream has none. */
  readonly statuses?: readonly number[];
}

const signs: readonly Sign[] = [
  {
    kind: 'upstream-billing',
    codes: new Set([
      'insufficient_quota',
      'insufficient_balance',
      'insufficient_credits',
      'credit_balance_exhausted',
      'billing_hard_limit_reached',
      'billing_not_active',
      'billing_error',
      'payment_required',
    ]),
    words:
      /exceeded your current quota(?![\s\S]*retry in)|insufficient (?:balance|credit|quota|funds)|billing hard limit|requires more credits/i,
  },
  {
    kind: 'content-refused',
    codes: new Set([
      'content_filter',
      'content_policy_violation',
      'responsibleaipolicyviolation',
      'cyber_policy',
      'bio_policy',
      'cyber_policy_violation',
      'bio_policy_violation',
      'invalid_prompt',
      'moderation',
      'moderation_blocked',
      'data_inspection_failed',
    ]),
    words:
      /content (?:management|usage) polic|flagged (?:as|by|for)|requires moderation|violat\w+ [^.]{0,40}(?:usage|content) polic/i,
    statuses: [400, 403, 422, 451],
  },
  {
    // A reasoning item that nobody has stored; its status is the one of a path that is missing.
    kind: 'invalid-request',
    codes: new Set(['invalid_encrypted_content']),
    words: /\bitem\b.{0,80}\bnot found|items are not persisted/i,
    statuses: [400, 404],
  },
  {
    // The model wrote a tool call that its server cannot read: the same request may well succeed.
    kind: 'upstream-fault',
    codes: new Set(['tool_use_failed', 'tool_call_parse_error']),
    words: /failed to (?:parse|call a function)/i,
    statuses: [400, 500],
  },
  {
    kind: 'model-not-found',
    codes: new Set([
      'model_not_found',
      'deploymentnotfound',
      'invalid_model',
      'model_not_supported',
      'model_decommissioned',
      'unknown_model',
    ]),
    words: new RegExp(
      [
        String.raw`\bmodels?\b[^.]{0,120}(?:not found|does not exist|doesn't exist|is not available|decommissioned|not supported in the v1/)`,
        'invalid model|unknown model|not a valid model|no such model|model not exist|not a chat model|no endpoints found|no allowed providers',
        'try pulling it first|deployment[^.]{0,60}does not exist',
      ].join('|'),
      'i',
    ),
    statuses: [400, 403, 404, 410, 422],
  },
  {
    kind: 'upstream-unauthenticated',
    codes: new Set([
      'invalid_api_key',
      'incorrect_api_key',
      'authentication_error',
      'invalid_authentication',
      'unauthorized',
    ]),
    words: /incorrect api key|invalid api key|no api key provided/i,
    statuses: [400, 401, 403],
  },
  {
    kind: 'upstream-overloaded',
    codes: new Set([
      'server_is_overloaded',
      'overloaded',
      'overloaded_error',
      'engine_overloaded',
      'engine_overloaded_error',
      'service_unavailable',
      'service_unavailable_error',
      'capacity_exceeded',
    ]),
    words: /\boverloaded\b|server (?:is )?busy|loading model|queue (?:is )?full|(?:at|over|no) capacity/i,
    statuses: [429, 498, 500, 502, 503, 529],
  },
  {
    kind: 'rate-limited',
    codes: new Set([
      'rate_limit_exceeded',
      'rate_limit_error',
      'rate_limited',
      'slow_down',
      'tokens',
      'requests',
      'too_many_requests',
      'resource_exhausted',
    ]),
    words: /rate.?limit|too many requests/i,
    statuses: [400, 403, 413, 429],
  },
  {
    kind: 'upstream-timeout',
    codes: new Set(['timeout', 'timeout_error', 'request_timeout', 'deadline_exceeded']),
    statuses: [408, 504],
  },
  {
    kind: 'upstream-fault',
    codes: new Set(['server_error', 'internal_server_error', 'internal_error', 'api_error', 'internal']),
    statuses: [500, 502],
  },
  {
    // An error in a stream that names a fault of the request: no other sign is left for it.
    kind: 'invalid-request',
    codes: new Set([
      'invalid_request_error',
      'invalid_request',
      'badrequesterror',
      'bad_request',
      'unknown_parameter',
      'unsupported_parameter',
      'unsupported_value',
      'invalid_argument',
    ]),
    statuses: [400, 422],
  },
];

function kindOfStatus(status: number, said: SaidError): ErrorKind {
  switch (status) {
    case 401:
      return 'upstream-unauthenticated';
    case 402:
      return 'upstream-billing';
    case 403:
      return 'upstream-forbidden';
    case 404:
      return said.format === 'json' && /\b(?:model|deployment)\b/i.test(said.message ?? '')
        ? 'model-not-found'
        : 'upstream-misconfigured';
    case 405:
      return 'upstream-misconfigured';
    case 408:
    case 504:
      return 'upstream-timeout';
    case 413:
      return 'request-too-large';
    case 429:
      return 'rate-limited';
    case 498:
    case 503:
    case 529:
      return 'upstream-overloaded';
  }
  if (status >= 500) return 'upstream-fault';
  if (status >= 400) return 'invalid-request';
  // A redirect is not followed: it would carry the key to another host.
  if (status >= 300) return 'upstream-misconfigured';
  return 'upstream-malformed';
}
