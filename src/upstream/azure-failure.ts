import { ProxyError } from '../errors/proxy-error.ts';
import { isRecord } from '../messages/json.ts';
import type { AzureCredentialSource } from './azure-credential-source.ts';

/** Why Microsoft's library gave no token, in our kinds, with what to do. Its own texts stay out: they hold ids and addresses. */
export function azureFailure(error: unknown, source: AzureCredentialSource): ProxyError {
  if (error instanceof ProxyError) return error;
  const { status, said } = whatWasSaid(error);
  if (status !== undefined && (status >= 500 || status === 429)) {
    return new ProxyError(
      'upstream-fault',
      `Microsoft Entra gave no token for Azure (${said}). Try again in a moment.`,
    );
  }
  if (status !== undefined || isRefusal(error)) {
    return new ProxyError(
      'upstream-unauthenticated',
      `Microsoft Entra gave no token for Azure: it refused ${nameOf(source)} (${said}). ${adviceFor(source)}`,
    );
  }
  if (source.kind === 'managed') {
    return new ProxyError(
      'credential-missing',
      `Azure needs a key or a token, and this machine has no managed identity (${said}): set AZURE_API_KEY, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`,
    );
  }
  if (source.kind === 'federated' && isRecord(error) && typeof error.syscall === 'string') {
    return new ProxyError('credential-missing', `AZURE_FEDERATED_TOKEN_FILE cannot be read (${said}).`);
  }
  return new ProxyError('upstream-unreachable', `Cannot get a token for Azure: ${said}.`);
}

/** What a token that takes too long fails with. */
export function entraTooSlow(): ProxyError {
  return new ProxyError('upstream-timeout', 'Microsoft Entra gave no token for Azure in time.');
}

function nameOf(source: AzureCredentialSource): string {
  switch (source.kind) {
    case 'secret':
      return 'AZURE_CLIENT_SECRET';
    case 'federated':
      return 'the token in AZURE_FEDERATED_TOKEN_FILE';
    case 'managed':
      return 'the managed identity of this machine';
  }
}

function adviceFor(source: AzureCredentialSource): string {
  switch (source.kind) {
    case 'secret':
      return 'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; the secret may have ended.';
    case 'federated':
      return 'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the federated credential of the application.';
    case 'managed':
      return 'Check that the identity of AZURE_CLIENT_ID is assigned to this machine.';
  }
}

function isRefusal(error: unknown): boolean {
  return isRecord(error) && error.name === 'ServerError';
}

/** A status and a word or number of Entra's own, never its text. */
function whatWasSaid(error: unknown): { readonly status: number | undefined; readonly said: string } {
  if (!isRecord(error)) return { status: undefined, said: 'unknown error' };
  const number = typeof error.errorNo === 'string' || typeof error.errorNo === 'number' ? `AADSTS${error.errorNo}` : '';
  const word = [error.errorCode, error.code, error.name].find(isPlain) ?? 'unknown error';
  const status = typeof error.status === 'number' ? error.status : undefined;
  return {
    status,
    said: [word, /^AADSTS\d{1,9}$/.test(number) ? number : ''].filter((part) => part !== '').join(', '),
  };
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,60}$/.test(value);
}
