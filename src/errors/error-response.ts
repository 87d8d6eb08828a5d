import { type AnthropicErrorType, errorTable, ProxyError } from './proxy-error.ts';

/** The Messages API's error envelope (source: the official SDK's `ErrorResponse`). */
export interface ErrorBody {
  readonly type: 'error';
  readonly error: { readonly type: AnthropicErrorType; readonly message: string };
  readonly request_id: string;
}

/** The envelope of any failure. The text of what is no ProxyError stays inside: it may hold anything, a key too. */
export function errorBody(error: unknown, requestId: string): ErrorBody {
  const failure = asProxyError(error);
  return {
    type: 'error',
    error: { type: errorTable[failure.kind].type, message: failure.message },
    request_id: requestId,
  };
}

/** The same as a whole answer, for as long as no byte of another one has been sent. */
export function errorResponse(error: unknown, requestId: string): Response {
  const failure = asProxyError(error);
  const row = errorTable[failure.kind];
  const headers = new Headers({ 'content-type': 'application/json', 'request-id': requestId });
  // Claude Code obeys this header before its own rules; without it a wrong key costs the user minutes of retries.
  if (row.retry === 'never') headers.set('x-should-retry', 'false');
  if (failure.retryAfterSeconds !== undefined) {
    headers.set('retry-after', String(Math.max(0, Math.ceil(failure.retryAfterSeconds))));
  }
  return new Response(JSON.stringify(errorBody(failure, requestId)), { status: row.status, headers });
}

export function asProxyError(error: unknown): ProxyError {
  if (error instanceof ProxyError) return error;
  return new ProxyError(
    'proxy-fault',
    'Something went wrong inside claude-code-proxy. Its log has the details, under the request id of this answer.',
  );
}
