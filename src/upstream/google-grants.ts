// Loaded only when a request first goes to Vertex AI: the library takes longer to load than the proxy takes to start.
import { Compute, GoogleAuth, gcpMetadata } from 'google-auth-library';
import { publicUniverse } from '../config/vertex-host.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { CredentialFile, CredentialSource } from './google-credential-source.ts';
import { statusOf } from './google-failure.ts';

/** An access token, and what the credentials know beside it. */
export interface Grant {
  /** The whole value of the `authorization` header. */
  readonly authorization: string;
  /** Milliseconds since 1970; undefined where the grantor does not say. */
  readonly expiresAtMs: number | undefined;
  readonly project: string | undefined;
  readonly quotaProject: string | undefined;
  readonly universe: string;
}

/** Fetches a new token each time, also while an older one is good. Fails with whatever the library fails with. */
export type FetchGrant = () => Promise<Grant>;

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const callLimitMs = 10_000;

/** Opens a source of credentials. Throws `credential-missing` where only the metadata server is left and there is none. */
export function openGrants(source: CredentialSource): Promise<FetchGrant> {
  return source.kind === 'file' ? openFile(source) : openMetadata();
}

async function openFile({ path, project, quotaProject, universe }: CredentialFile): Promise<FetchGrant> {
  // The library's public ways to read a file are for files of strangers, and warn of them on stderr. This is the one
  // it takes itself for the files it finds; google-credentials.test.ts notices if a new version changes it.
  const auth = new GoogleAuth({ scopes: scope });
  const client = await auth._getApplicationCredentialsFromFilePath(path, {
    transporterOptions: { timeout: callLimitMs },
  });
  return async () => ({ ...(await tokenOf(client)), project, quotaProject, universe });
}

async function openMetadata(): Promise<FetchGrant> {
  if (!(await gcpMetadata.isAvailable())) {
    // A machine that has only just started may be without it for a moment; the library would not look again.
    gcpMetadata.resetIsAvailableCache();
    throw new ProxyError(
      'credential-missing',
      'Vertex AI needs Google credentials, and there are none. Run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file.',
    );
  }
  const client = new Compute({ scopes: scope });
  return async () => {
    const [token, project, universe] = await Promise.all([
      tokenOf(client),
      gcpMetadata.project<unknown>('project-id'),
      metadataUniverse(),
    ]);
    return { ...token, project: String(project), quotaProject: undefined, universe };
  };
}

interface TokenClient {
  getRequestHeaders(): Promise<Headers>;
  readonly credentials: { readonly expiry_date?: number | null };
}

async function tokenOf(client: TokenClient): Promise<Pick<Grant, 'authorization' | 'expiresAtMs'>> {
  const authorization = (await client.getRequestHeaders()).get('authorization');
  // Of an answer without a token the library makes this one.
  if (authorization === null || authorization === 'Bearer undefined') {
    throw new ProxyError('upstream-malformed', 'Google answered, but its answer holds no access token for Vertex AI.');
  }
  const { expiry_date: expiry } = client.credentials;
  // A key that signs its own tokens leaves a 1, the mark of a token that has never been fetched.
  return { authorization, expiresAtMs: typeof expiry === 'number' && expiry > 1 ? expiry : undefined };
}

/** Only a sovereign cloud's metadata server knows a domain of its own. */
async function metadataUniverse(): Promise<string> {
  try {
    const universe = await gcpMetadata.universe<unknown>('universe-domain');
    return typeof universe === 'string' && universe !== '' ? universe : publicUniverse;
  } catch (error) {
    if (statusOf(error) === 404) return publicUniverse;
    throw error;
  }
}
