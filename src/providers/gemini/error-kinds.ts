import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { SaidError } from './error-shapes.ts';

/**
 * Which of our kinds a failure is; `status` is that of the answer, undefined for an error in a stream. What it says
 * counts before its status: Google calls a wrong key a 400, and a body that is too large one as well.
 */
export function kindOf(status: number | undefined, said: SaidError): ErrorKind {
  const code = codeOf(status, said);
  for (const sign of signs) {
    if (sign.codes !== undefined && code !== undefined && !sign.codes.includes(code)) continue;
    if (said.reasons.some((reason) => sign.reasons?.has(reason)) || sign.words?.test(said.message ?? '') === true) {
      return sign.kind;
    }
  }
  if (status !== undefined && status >= 300 && status < 400) return 'upstream-misconfigured';
  if (status !== undefined && status < 300 && said.format !== 'json') return 'upstream-malformed';
  const told = statusKinds[said.status ?? ''];
  if (told !== undefined && code !== 402) return told;
  return code === undefined ? 'upstream-fault' : kindOfCode(code, said);
}

/** The HTTP status, also where Google's word is all that is told. */
export function codeOf(status: number | undefined, said: SaidError): number | undefined {
  return said.code ?? status ?? (said.status === 'RESOURCE_EXHAUSTED' ? 429 : undefined);
}

interface Sign {
  readonly kind: ErrorKind;
  readonly reasons?: ReadonlySet<string>;
  readonly words?: RegExp;
  /** Where the words alone would be too vague, the statuses that may carry them. */
  readonly codes?: readonly number[];
}

// Reasons are those of google.api.ErrorReason; words are Google's, as people quote them in public issue threads.
const signs: readonly Sign[] = [
  {
    kind: 'upstream-unauthenticated',
    reasons: new Set([
      'API_KEY_INVALID',
      'ACCESS_TOKEN_EXPIRED',
      'ACCESS_TOKEN_TYPE_UNSUPPORTED',
      'CREDENTIALS_MISSING',
      'invalid_grant',
      'invalid_client',
      'unauthorized_client',
    ]),
    words:
      /API[ _]key (?:not valid|expired|is invalid|was reported as leaked)|without established identity|unregistered callers|invalid authentication credentials|API keys are not supported|missing required authentication credential/i,
    codes: [400, 401, 403],
  },
  {
    kind: 'upstream-billing',
    words:
      /prepa(?:id|y)\w* credits?|credits? (?:is|are) (?:depleted|exhausted|used up)|spend(?:ing)? (?:cap|limit)|insufficient (?:credit|funds)/i,
    codes: [400, 402, 403, 429],
  },
  {
    kind: 'upstream-forbidden',
    reasons: new Set([
      'SERVICE_DISABLED',
      'BILLING_DISABLED',
      'API_KEY_SERVICE_BLOCKED',
      'API_KEY_HTTP_REFERRER_BLOCKED',
      'API_KEY_IP_ADDRESS_BLOCKED',
      'CONSUMER_SUSPENDED',
      'IAM_PERMISSION_DENIED',
    ]),
    words:
      /user location is not supported|not available in your (?:country|region)|(?:enable|requires?) billing|billing (?:is )?(?:disabled|not enabled)/i,
    codes: [400, 403],
  },
  {
    kind: 'model-not-found',
    words:
      /publisher model .{0,300}(?:not found|does not have access|not (?:servable|supported|available))|models?\/[\w.@-]+ is not (?:found|supported)|(?:is )?not found for API version|model .{0,100}is (?:retired|no longer available)/i,
    codes: [400, 403, 404, 410],
  },
  {
    kind: 'request-too-large',
    words: /request payload size exceeds|request (?:entity )?too large/i,
    codes: [400, 413],
  },
  {
    kind: 'upstream-overloaded',
    words: /\boverloaded\b|experiencing high demand|no capacity/i,
    codes: [429, 500, 503],
  },
];

const statusKinds: Readonly<Record<string, ErrorKind | undefined>> = {
  INVALID_ARGUMENT: 'invalid-request',
  FAILED_PRECONDITION: 'invalid-request',
  OUT_OF_RANGE: 'invalid-request',
  UNAUTHENTICATED: 'upstream-unauthenticated',
  PERMISSION_DENIED: 'upstream-forbidden',
  NOT_FOUND: 'model-not-found',
  DEADLINE_EXCEEDED: 'upstream-timeout',
  UNAVAILABLE: 'upstream-overloaded',
  INTERNAL: 'upstream-fault',
  UNKNOWN: 'upstream-fault',
  CANCELLED: 'upstream-fault',
  ABORTED: 'upstream-fault',
  DATA_LOSS: 'upstream-fault',
};

function kindOfCode(code: number, said: SaidError): ErrorKind {
  switch (code) {
    case 401:
      return 'upstream-unauthenticated';
    case 402:
      return 'upstream-billing';
    case 403:
      return 'upstream-forbidden';
    case 404:
      return said.format === 'json' ? 'model-not-found' : 'upstream-misconfigured';
    case 405:
      return 'upstream-misconfigured';
    case 408:
    case 504:
      return 'upstream-timeout';
    case 413:
      return 'request-too-large';
    case 429:
      return isUsedUp(said) ? 'quota-exhausted' : 'rate-limited';
    case 503:
    case 529:
      return 'upstream-overloaded';
  }
  // 499: Google gave up on the call itself.
  return code >= 500 || code === 499 ? 'upstream-fault' : 'invalid-request';
}

/** A day's quota, or one of nothing at all (a model without a free tier): waiting a minute does not help. */
function isUsedUp({ quotas, message = '' }: SaidError): boolean {
  const daily = /PerDay(?!\w*PerMinute)|per day\b|daily/i;
  return quotas.some((quota) => daily.test(quota)) || daily.test(message) || /\blimit: 0\b/i.test(message);
}
