import { createVerify } from 'node:crypto';
import { isRecord, parseJson } from '../json.ts';
import type { Received } from '../loopback-server.ts';
import type { AuthService, Mint } from './mint.ts';

/** What Google's servers know of the credentials of a test. */
export interface KnownCredentials {
  readonly project: string;
  readonly serviceAccount: string;
  /** The public half of the service account's key, PEM. */
  readonly publicKey: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** The workload identity pool, and the token from elsewhere that it trusts. */
  readonly audience: string;
  readonly subjectToken: string;
  /** The account that others may act for. */
  readonly impersonated: string;
}

export interface AuthRequest extends Received {
  readonly known: KnownCredentials;
  readonly mint: Mint;
  /** Undefined in Google's public cloud, where the metadata server knows none. */
  readonly universe: string | undefined;
}

export interface AuthAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the real service would not have taken. */
export class AuthRefusal extends Error {
  readonly answer: AuthAnswer;

  constructor(status: number, why: string, body: unknown) {
    super(why);
    this.answer = { status, body };
  }
}

/** Each service's answer to a call, or its refusal in the real one's form. */
export const authRules: Readonly<Record<AuthService, (request: AuthRequest) => AuthAnswer>> = {
  metadata,
  oauth,
  sts,
  iam,
  subject,
};

const scope = 'https://www.googleapis.com/auth/cloud-platform';

function metadata({ path, headers, known, mint, universe }: AuthRequest): AuthAnswer {
  if (headers.get('metadata-flavor') !== 'Google')
    throw new AuthRefusal(403, 'Metadata-Flavor is missing', 'Forbidden');
  const flavor = { 'Metadata-Flavor': 'Google' };
  const key = path.slice('/computeMetadata/v1/'.length);
  switch (key) {
    case 'instance':
      return { status: 200, body: 'attributes/', headers: { ...flavor, 'content-type': 'application/text' } };
    case 'instance/service-accounts/default/token':
      return { status: 200, body: bearer(mint.issue('metadata'), mint), headers: flavor };
    case 'project/project-id':
      return { status: 200, body: known.project, headers: flavor };
    case 'universe/universe-domain':
      if (universe !== undefined) return { status: 200, body: universe, headers: flavor };
  }
  return { status: 404, body: 'Not Found', headers: flavor };
}

function oauth(request: AuthRequest): AuthAnswer {
  const { mint, method } = request;
  const form = new URLSearchParams(request.text);
  const grant = form.get('grant_type');
  if (method !== 'POST') throw oauthRefusal('invalid_request', 'method');
  if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') checkAssertion(form.get('assertion') ?? '', request);
  else if (grant === 'refresh_token') checkRefresh(form, request);
  else throw oauthRefusal('unsupported_grant_type', `grant_type ${grant}`);
  return { status: 200, body: { ...bearer(mint.issue('oauth'), mint), scope } };
}

function checkAssertion(assertion: string, { known }: AuthRequest): void {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const header = partOf(head);
  const said = partOf(claims);
  const nowSeconds = Date.now() / 1000;
  const iat = Number(said.iat);
  const exp = Number(said.exp);
  if (header.alg !== 'RS256') throw oauthRefusal('invalid_grant', 'alg');
  if (said.iss !== known.serviceAccount) throw oauthRefusal('invalid_grant', 'iss');
  if (said.aud !== 'https://oauth2.googleapis.com/token') throw oauthRefusal('invalid_grant', 'aud');
  if (said.scope !== scope) throw oauthRefusal('invalid_scope', 'scope');
  if (!(iat <= nowSeconds + 5 && exp > nowSeconds && exp - iat <= 3600))
    throw oauthRefusal('invalid_grant', 'iat, exp');
  const isOurs = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(known.publicKey, signature, 'base64url');
  if (!isOurs) throw oauthRefusal('invalid_grant', 'signature');
}

function checkRefresh(form: URLSearchParams, { known }: AuthRequest): void {
  const isClient = form.get('client_id') === known.clientId && form.get('client_secret') === known.clientSecret;
  if (!isClient) throw new AuthRefusal(401, 'client', { error: 'invalid_client', error_description: 'Unauthorized' });
  if (form.get('refresh_token') !== known.refreshToken) throw oauthRefusal('invalid_grant', 'refresh_token');
}

function sts({ text, known, mint }: AuthRequest): AuthAnswer {
  const form = new URLSearchParams(text);
  const wanted = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    audience: known.audience,
    scope,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (form.get(name) !== value) throw oauthRefusal('invalid_request', name);
  }
  if (form.get('subject_token') !== known.subjectToken) throw oauthRefusal('invalid_grant', 'subject_token');
  const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token';
  return { status: 200, body: { ...bearer(mint.issue('sts'), mint), issued_token_type } };
}

function iam({ path, headers, text, known, mint }: AuthRequest): AuthAnswer {
  if (!mint.isGood(headers.get('authorization'))) throw apiRefusal(401, 'UNAUTHENTICATED', 'authorization');
  const account = decodeURIComponent(/serviceAccounts\/([^:]+):generateAccessToken$/.exec(path)?.[1] ?? '');
  if (account !== known.impersonated) throw apiRefusal(403, 'PERMISSION_DENIED', `account ${account}`);
  const body = parseJson(text);
  if (!isRecord(body) || JSON.stringify(body.scope) !== JSON.stringify([scope])) {
    throw apiRefusal(400, 'INVALID_ARGUMENT', 'scope');
  }
  const expireTime = new Date(Date.now() + mint.lifeSeconds * 1000).toISOString();
  return { status: 200, body: { accessToken: mint.issue('iam'), expireTime } };
}

/** Not Google's: whoever made the token from elsewhere, as a cloud's own metadata server does. */
function subject({ headers, known }: AuthRequest): AuthAnswer {
  if (headers.get('x-identity') !== 'workload') throw new AuthRefusal(403, 'x-identity is missing', 'Forbidden');
  return { status: 200, body: { id_token: known.subjectToken } };
}

function bearer(token: string, mint: Mint) {
  return { access_token: token, expires_in: mint.lifeSeconds, token_type: 'Bearer' };
}

function partOf(base64: string): Record<string, unknown> {
  const part = parseJson(Buffer.from(base64, 'base64url').toString('utf8'));
  return isRecord(part) ? part : {};
}

function oauthRefusal(error: string, why: string): AuthRefusal {
  return new AuthRefusal(400, why, { error, error_description: `Bad Request: ${why}` });
}

function apiRefusal(code: number, status: string, why: string): AuthRefusal {
  return new AuthRefusal(code, why, { error: { code, status, message: why } });
}
