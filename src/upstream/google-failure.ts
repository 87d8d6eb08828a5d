import { ProxyError } from '../errors/proxy-error.ts';
import { isRecord } from '../messages/json.ts';
import type { CredentialSource } from './google-credential-source.ts';

/**
 * Why Google's credentials library failed, in our kinds, with what to do. Its own texts stay out: they hold paths,
 * addresses and pieces of what they were about.
 */
export function googleFailure(error: unknown, source: CredentialSource): ProxyError {
  if (error instanceof ProxyError) return error;
  const status = statusOf(error);
  if (status !== undefined) return refusal(status, wordIn(error), source);
  // Only what fails on the network carries the call it was.
  return isRecord(error) && 'config' in error ? silence(codeOf(error), source) : fault(error, source);
}

/** The status of the answer that an error of the library's is about. */
export function statusOf(error: unknown): number | undefined {
  const response = isRecord(error) ? error.response : undefined;
  const status = isRecord(response) ? response.status : undefined;
  return typeof status === 'number' ? status : undefined;
}

function refusal(status: number, word: string | undefined, source: CredentialSource): ProxyError {
  const said = word ?? `status ${status}`;
  if (status >= 500 || status === 429 || status === 408) {
    return new ProxyError(
      'upstream-fault',
      `Google gave no access token for Vertex AI (${said}). Try again in a moment.`,
    );
  }
  return new ProxyError(
    'upstream-unauthenticated',
    `Google gave no access token for Vertex AI: it refused ${source.name} (${said}). ${adviceFor(source, word)}`,
  );
}

/** `word` in capitals is of Google's APIs, in small letters of its token service. */
function adviceFor(source: CredentialSource, word: string | undefined): string {
  if (source.kind === 'metadata') {
    return 'Give this machine a service account with the scope cloud-platform, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file.';
  }
  if (word === 'PERMISSION_DENIED' || word === 'NOT_FOUND') {
    return 'Its account needs the role roles/iam.serviceAccountTokenCreator on the service account it acts for, and the IAM Service Account Credentials API must be enabled.';
  }
  switch (source.type) {
    case 'service_account':
      return "The key may be deleted or disabled, or this machine's clock may be wrong.";
    case 'external_account':
      return 'Check its audience and the provider of the workload identity pool.';
    case 'external_account_authorized_user':
    case 'impersonated_service_account':
    case 'authorized_user':
      return 'The login has ended or been revoked: run gcloud auth application-default login.';
  }
}

function silence(code: string | undefined, source: CredentialSource): ProxyError {
  const where = source.kind === 'metadata' ? 'the metadata server' : "Google's token service";
  if (code === 'TimeoutError' || code === 'AbortError') return tooSlow();
  return new ProxyError(
    'upstream-unreachable',
    `Cannot get an access token for Vertex AI: ${where} cannot be reached (${code ?? 'unknown error'}).`,
  );
}

/** What a token that takes too long fails with. */
export function tooSlow(): ProxyError {
  return new ProxyError('upstream-timeout', 'Google gave no access token for Vertex AI in time.');
}

/** It never came to a call: a broken key, a file that another file names, a program that failed. */
function fault(error: unknown, source: CredentialSource): ProxyError {
  const code = codeOf(error);
  const why =
    code === 'ENOENT' || code === 'EACCES'
      ? 'a file it names cannot be read'
      : source.kind === 'file' && source.type === 'service_account'
        ? 'its private_key is none'
        : `no token can be made of it (${code ?? (error instanceof Error ? error.name : 'unknown error')})`;
  return new ProxyError(
    'credential-missing',
    `Vertex AI needs Google credentials, and ${source.name} cannot be used: ${why}. Run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file.`,
  );
}

/** The one word Google has for a failure: `invalid_grant` of its token service, `PERMISSION_DENIED` of its APIs. */
function wordIn(error: unknown): string | undefined {
  const response = isRecord(error) ? error.response : undefined;
  const body = isRecord(response) ? response.data : undefined;
  const said = isRecord(body) ? body.error : undefined;
  return plainWord(isRecord(said) ? said.status : said);
}

function codeOf(error: unknown): string | undefined {
  return isRecord(error) ? plainWord(error.code) : undefined;
}

function plainWord(value: unknown): string | undefined {
  return typeof value === 'string' && /^\w{1,60}$/.test(value) ? value : undefined;
}
