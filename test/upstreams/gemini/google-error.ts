import { fail, type Step } from '../script.ts';

const types = 'type.googleapis.com/google.rpc';

/** An error in the form that all of Google's APIs share. */
export function googleError(code: number, status: string, message: string, details: readonly object[] = []): object {
  return { error: { code, message, status, ...(details.length === 0 ? {} : { details }) } };
}

/** The same as the answer to a call. */
export function failing(code: number, status: string, message: string, details: readonly object[] = []): Step {
  return fail(code, googleError(code, status, message, details), { 'content-type': 'application/json; charset=UTF-8' });
}

export function retryInfo(retryDelay: string): object {
  return { '@type': `${types}.RetryInfo`, retryDelay };
}

/** `reason`: `API_KEY_INVALID` and the like. */
export function errorInfo(reason: string): object {
  return { '@type': `${types}.ErrorInfo`, reason, domain: 'googleapis.com' };
}

export function quotaFailure(quotaId: string): object {
  const violation = { quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests', quotaId };
  return { '@type': `${types}.QuotaFailure`, violations: [violation] };
}
