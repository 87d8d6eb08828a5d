import { betasOf, knownBetas } from './betas.ts';
import { invalid, type Refusal, unauthenticated } from './refusal.ts';

/** Who is let in; undefined: any. */
export interface Credentials {
  readonly apiKey: string | undefined;
  /** The token of a person's subscription. */
  readonly oauthToken: string | undefined;
}

const versions = ['2023-01-01', '2023-06-01', '2026-10-21'];
const oauthBeta = 'oauth-2025-04-20';

/** Whether this bearer is the token of a subscription, not a key in another header. */
export function isOAuth(headers: Headers): boolean {
  return bearerOf(headers)?.startsWith('sk-ant-oat') === true;
}

/** What of the headers the API would not take: the credential first, then its version and the betas. */
export function accessRefusal(headers: Headers, credentials: Credentials): Refusal | undefined {
  return credentialRefusal(headers, credentials) ?? versionRefusal(headers) ?? betaRefusal(headers);
}

function credentialRefusal(headers: Headers, { apiKey, oauthToken }: Credentials): Refusal | undefined {
  const key = headers.get('x-api-key');
  if (key !== null) {
    return apiKey === undefined || key === apiKey ? undefined : unauthenticated('invalid x-api-key');
  }
  const bearer = bearerOf(headers);
  if (bearer === undefined) return unauthenticated('x-api-key header is required');
  if (isOAuth(headers)) {
    if (!betasOf(headers).has(oauthBeta)) return unauthenticated('OAuth authentication is currently not supported.');
    if (oauthToken === undefined || bearer === oauthToken) return;
  } else if (apiKey === undefined || bearer === apiKey) return;
  return unauthenticated('Invalid bearer token');
}

function versionRefusal(headers: Headers): Refusal | undefined {
  const version = headers.get('anthropic-version');
  if (version === null) return invalid('anthropic-version: header is required');
  return versions.includes(version) ? undefined : invalid(`anthropic-version: "${version}" is not a valid version`);
}

function betaRefusal(headers: Headers): Refusal | undefined {
  const unknown = [...betasOf(headers)].filter((beta) => !knownBetas.has(beta));
  if (unknown.length === 0) return;
  const list = unknown.map((beta) => `\`${beta}\``).join(', ');
  return invalid(
    `Unexpected value(s) ${list} for the \`anthropic-beta\` header. Please consult our documentation at docs.anthropic.com or try again without the header.`,
  );
}

function bearerOf(headers: Headers): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}
