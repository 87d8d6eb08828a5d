import type { AzureConfig } from '../config/config.ts';
import { hostOf } from '../config/servers.ts';
import { ProxyError } from '../errors/proxy-error.ts';

/** Who asks Microsoft Entra for a token, and how it proves who it is. */
export type AzureCredentialSource =
  | { readonly kind: 'secret'; readonly app: EntraApp; readonly secret: string }
  /** A token of another issuer that the application trusts, in a file that is renewed. */
  | { readonly kind: 'federated'; readonly app: EntraApp; readonly file: string }
  /** The machine's own identity, or the one that was assigned to it under this client id. */
  | { readonly kind: 'managed'; readonly client: string | undefined };

export interface EntraApp {
  /** Ends in the tenant. */
  readonly authority: string;
  readonly client: string;
}

/** What differs between Azure's clouds (source: the endpoints in Microsoft's manual of each). */
export interface AzureCloud {
  readonly login: string;
  /** What a token is asked for. */
  readonly resource: string;
}

const publicCloud: AzureCloud = {
  login: 'https://login.microsoftonline.com',
  resource: 'https://cognitiveservices.azure.com',
};
const clouds: readonly (readonly [host: RegExp, cloud: AzureCloud])[] = [
  [/\.azure\.us(?::|$)/, { login: 'https://login.microsoftonline.us', resource: 'https://cognitiveservices.azure.us' }],
  [
    /\.azure\.cn(?::|$)/,
    { login: 'https://login.partner.microsoftonline.cn', resource: 'https://cognitiveservices.azure.cn' },
  ],
];

/** The cloud that an address is in. */
export function cloudAt(baseUrl: string): AzureCloud {
  const host = hostOf(baseUrl);
  return clouds.find(([pattern]) => pattern.test(host))?.[1] ?? publicCloud;
}

/** Throws `credential-missing` where an application is named without all that it needs. */
export function findAzureSource(
  { tenant, client, clientSecret, federatedTokenFile, authorityHost }: AzureConfig['entra'],
  { login }: AzureCloud,
): AzureCredentialSource {
  if (clientSecret === undefined && federatedTokenFile === undefined) return { kind: 'managed', client };
  if (tenant === undefined || client === undefined) {
    const missing = tenant === undefined ? 'AZURE_TENANT_ID' : 'AZURE_CLIENT_ID';
    const given = clientSecret === undefined ? 'AZURE_FEDERATED_TOKEN_FILE' : 'AZURE_CLIENT_SECRET';
    throw new ProxyError('credential-missing', `Azure needs ${missing} beside ${given}: set it, or AZURE_API_KEY.`);
  }
  const app = { authority: `${authorityHost ?? login}/${tenant}`, client };
  if (clientSecret !== undefined) return { kind: 'secret', app, secret: clientSecret.reveal() };
  return { kind: 'federated', app, file: federatedTokenFile ?? '' };
}
