import { baseUrlVariableFor } from '../config/credentials.ts';
import { type ErrorKind, ProxyError } from '../errors/proxy-error.ts';
import { callName, type Target } from '../providers/provider.ts';

/** The name a user knows an upstream by. A base URL may hold a password or a token; its host never does. */
export function describeHost(target: Target): string {
  return URL.canParse(target.baseUrl) ? `${callName(target)} at ${new URL(target.baseUrl).host}` : callName(target);
}

/** What the network did, in our kinds. Anything else, such as a fault of ours, comes back as it is. */
export function transportFailure(error: unknown, target: Target, answered: boolean): unknown {
  if (error instanceof ProxyError || !(error instanceof Error)) return error;
  // Bun's network errors carry the system's code, the errors of a program do not.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined) return error;
  const kind = kindOf(code, answered);
  // The error's own text holds the whole URL.
  return new ProxyError(kind, messageOf(kind, target, code, answered));
}

function kindOf(code: string, answered: boolean): ErrorKind {
  if (code === 'Malformed_HTTP_Response' || code === 'ZlibError' || code.startsWith('InvalidHTTPResponse')) {
    return 'upstream-malformed';
  }
  if (code === 'ERR_INVALID_URL' || code === 'ERR_INVALID_ARG_VALUE') return 'upstream-misconfigured';
  if (answered || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ConnectionClosed') {
    return 'upstream-disconnected';
  }
  return 'upstream-unreachable';
}

function messageOf(kind: ErrorKind, target: Target, code: string, answered: boolean): string {
  const host = describeHost(target);
  switch (kind) {
    case 'upstream-malformed':
      return `${host} sent something that is no HTTP answer (${code}).`;
    case 'upstream-misconfigured':
      return `The base URL of ${host} is not one that can be called (${code}): check ${baseUrlVariableFor(target)}.`;
    case 'upstream-disconnected':
      return answered
        ? `${host} closed the connection in the middle of its answer (${code}).`
        : `${host} closed the connection without an answer (${code}).`;
    default:
      return `Cannot connect to ${host} (${code}). Is it running, and is ${baseUrlVariableFor(target)} right?`;
  }
}
