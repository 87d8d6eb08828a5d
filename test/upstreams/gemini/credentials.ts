import type { Received } from '../loopback-server.ts';
import type { Platform } from './gemini-request.ts';
import type { Refusal } from './refusal.ts';

/** Who is let in. */
export interface CredentialCheck {
  /** The only key that is let in; without it every key is. */
  readonly apiKey?: string;
  /** Vertex AI: the only access token that is let in, asked for at each call; without it every token is. */
  readonly accessToken?: () => string;
  /** Vertex AI: whether an `authorization` header is let in, where a fake of Google's token services decides it. */
  readonly accepts?: (authorization: string | null) => boolean;
  /** Vertex AI: the project that tokens are good for; without it every project is. */
  readonly project?: string;
}

const info = 'type.googleapis.com/google.rpc.ErrorInfo';

/** The key in `x-goog-api-key` (or the query), or on Vertex AI a bearer token. */
export function judgeCredentials(received: Received, platform: Platform, check: CredentialCheck): Refusal | undefined {
  const key = received.headers.get('x-goog-api-key') ?? received.query.get('key') ?? undefined;
  if (platform === 'ai-studio' || /\/v1(beta1)?\/publishers\//.test(received.path)) return judgeKey(key, check);
  const token = /^Bearer (.+)$/.exec(received.headers.get('authorization') ?? '')?.[1];
  if (token === undefined)
    return unauthenticated('CREDENTIALS_MISSING', 'Request is missing required authentication credential.');
  const { accessToken, accepts, project } = check;
  const isRefused = accepts?.(received.headers.get('authorization')) === false;
  if (isRefused || (accessToken !== undefined && token !== accessToken())) {
    return unauthenticated('ACCESS_TOKEN_TYPE_UNSUPPORTED', 'Request had invalid authentication credentials.');
  }
  const named = /\/projects\/([^/]+)\//.exec(received.path)?.[1];
  if (project === undefined || named === project) return;
  return {
    status: 403,
    code: 'PERMISSION_DENIED',
    message: `Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/${named}' (or it may not exist).`,
    details: [{ '@type': info, reason: 'IAM_PERMISSION_DENIED', domain: 'aiplatform.googleapis.com' }],
  };
}

function judgeKey(key: string | undefined, { apiKey }: CredentialCheck): Refusal | undefined {
  if (key === undefined) {
    const message =
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.";
    return { status: 403, code: 'PERMISSION_DENIED', message };
  }
  if (apiKey === undefined || key === apiKey) return;
  const metadata = { service: 'generativelanguage.googleapis.com' };
  const message = 'API key not valid. Please pass a valid API key.';
  return {
    status: 400,
    code: 'INVALID_ARGUMENT',
    message,
    details: [
      { '@type': info, reason: 'API_KEY_INVALID', domain: 'googleapis.com', metadata },
      { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
    ],
  };
}

function unauthenticated(reason: string, why: string): Refusal {
  const message = `${why} Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.`;
  const details = [
    { '@type': info, reason, domain: 'googleapis.com', metadata: { service: 'aiplatform.googleapis.com' } },
  ];
  return { status: 401, code: 'UNAUTHENTICATED', message, details };
}
