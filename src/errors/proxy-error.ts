/** What every kind of failure is to a client. `retry` decides `x-should-retry`: a client must not repeat what cannot succeed. */
interface ErrorRow {
  readonly status: number;
  readonly type: AnthropicErrorType;
  readonly retry: 'never' | 'client-decides';
}

/** The error types of the Messages API (source: the official SDK's `ErrorType`). */
export type AnthropicErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'api_error'
  | 'timeout_error'
  | 'overloaded_error';

export const errorTable = {
  'invalid-request': { status: 400, type: 'invalid_request_error', retry: 'never' },
  'prompt-too-long': { status: 400, type: 'invalid_request_error', retry: 'never' },
  'loss-refused': { status: 400, type: 'invalid_request_error', retry: 'never' },
  'content-refused': { status: 400, type: 'invalid_request_error', retry: 'never' },
  'client-unauthenticated': { status: 401, type: 'authentication_error', retry: 'never' },
  'credential-missing': { status: 401, type: 'authentication_error', retry: 'never' },
  'upstream-unauthenticated': { status: 401, type: 'authentication_error', retry: 'never' },
  'upstream-billing': { status: 402, type: 'billing_error', retry: 'never' },
  'upstream-forbidden': { status: 403, type: 'permission_error', retry: 'never' },
  'path-not-found': { status: 404, type: 'not_found_error', retry: 'never' },
  'model-not-found': { status: 404, type: 'not_found_error', retry: 'never' },
  'method-not-allowed': { status: 405, type: 'invalid_request_error', retry: 'never' },
  'request-too-large': { status: 413, type: 'request_too_large', retry: 'never' },
  'rate-limited': { status: 429, type: 'rate_limit_error', retry: 'client-decides' },
  'quota-exhausted': { status: 429, type: 'rate_limit_error', retry: 'never' },
  'proxy-fault': { status: 500, type: 'api_error', retry: 'client-decides' },
  'upstream-fault': { status: 502, type: 'api_error', retry: 'client-decides' },
  'upstream-malformed': { status: 502, type: 'api_error', retry: 'client-decides' },
  'upstream-truncated': { status: 502, type: 'api_error', retry: 'client-decides' },
  'upstream-unreachable': { status: 502, type: 'api_error', retry: 'never' },
  'upstream-disconnected': { status: 502, type: 'api_error', retry: 'client-decides' },
  'upstream-misconfigured': { status: 502, type: 'api_error', retry: 'never' },
  'upstream-timeout': { status: 504, type: 'timeout_error', retry: 'client-decides' },
  'upstream-overloaded': { status: 529, type: 'overloaded_error', retry: 'client-decides' },
  'shutting-down': { status: 529, type: 'overloaded_error', retry: 'client-decides' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorKind = keyof typeof errorTable;

/**
 * A failure with a place in `errorTable`. The message is for the user: what was wrong, where, what to do; never a
 * prompt, a key or a stack trace.
 */
export class ProxyError extends Error {
  readonly kind: ErrorKind;
  /** How long the upstream asked to wait, in whole seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProxyError';
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
