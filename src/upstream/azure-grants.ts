// Loaded only when a request first goes to Azure without a key: the library takes longer to load than the proxy to start.
import { readFile } from 'node:fs/promises';
import {
  type AuthenticationResult,
  ConfidentialClientApplication,
  type INetworkModule,
  ManagedIdentityApplication,
} from '@azure/msal-node';
import type { AzureCredentialSource } from './azure-credential-source.ts';

export interface AzureGrant {
  /** The whole value of the `authorization` header. */
  readonly authorization: string;
  /** Milliseconds since 1970; undefined where Entra does not say. */
  readonly expiresAtMs: number | undefined;
}

/** Fetches a new token each time, also while an older one is good. Fails with whatever the library fails with. */
export type FetchAzureGrant = () => Promise<AzureGrant>;

/** Opens a source of tokens for `resource`. `network`: in the place of the library's own calls. */
export function openAzureGrants(
  source: AzureCredentialSource,
  resource: string,
  network?: INetworkModule,
): FetchAzureGrant {
  const system = { ...(network !== undefined && { networkClient: network }) };
  if (source.kind === 'managed') {
    const { client } = source;
    const identity = new ManagedIdentityApplication({
      ...(client !== undefined && { managedIdentityIdParams: { userAssignedClientId: client } }),
      system,
    });
    return async () => grantOf(await identity.acquireToken({ resource, forceRefresh: true }));
  }
  const { authority, client } = source.app;
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: client,
      authority,
      // Without this the library asks Microsoft about hosts it does not know.
      knownAuthorities: [new URL(authority).host],
      ...(source.kind === 'secret'
        ? { clientSecret: source.secret }
        : // Whoever writes the file renews it: it is read again for every token.
          { clientAssertion: async () => (await readFile(source.file, 'utf8')).trim() }),
    },
    system,
  });
  const request = { scopes: [`${resource}/.default`], skipCache: true };
  return async () => grantOf(await app.acquireTokenByClientCredential(request));
}

function grantOf(result: AuthenticationResult | null): AzureGrant {
  if (result === null || result.accessToken === '') throw new Error('Entra answered without a token.');
  return { authorization: `Bearer ${result.accessToken}`, expiresAtMs: result.expiresOn?.getTime() };
}
