import { type Line, sendJson } from '../line.ts';
import { type Received, startLoopback } from '../loopback-server.ts';
import { type AuthAnswer, AuthRefusal, authRules, type KnownCredentials } from './auth-rules.ts';
import { type AuthService, Mint } from './mint.ts';

export interface AuthCall {
  readonly service: AuthService;
  readonly path: string;
  /** Why the real service would not have taken it, or `made to fail`. */
  readonly refusal: string | undefined;
}

export interface FakeGoogleAuthOptions {
  readonly known: KnownCredentials;
  /** How long a token lives. */
  readonly lifeSeconds?: number;
  /** The domain the metadata server tells; without one it knows none, as in Google's public cloud. */
  readonly universe?: string;
  /** Answers in the rules' place, for failures that a test wants. `silence`: never. */
  readonly fail?: (service: AuthService, path: string) => AuthAnswer | 'silence' | undefined;
}

export interface FakeGoogleAuth {
  readonly url: string;
  /** For GCE_METADATA_HOST. */
  readonly host: string;
  readonly calls: readonly AuthCall[];
  /** How many tokens a service has handed out. */
  issued(service: AuthService): number;
  /** Whether a token is good for Vertex AI: one of ours, not ended, not revoked. */
  accepts(authorization: string | null): boolean;
  /** From now on no token handed out so far is good. */
  revokeAll(): void;
  /** Keeps all calls waiting until they are released; `reached` settles when the first is. */
  hold(): { readonly reached: Promise<void>; readonly release: () => void };
  stop(): Promise<void>;
}

/** Google's metadata server, token service, STS and IAM Credentials API on one loopback port. */
export async function startFakeGoogleAuth(options: FakeGoogleAuthOptions): Promise<FakeGoogleAuth> {
  const { known, universe, fail } = options;
  const calls: AuthCall[] = [];
  const mint = new Mint(options.lifeSeconds ?? 3599);
  let held: { readonly onCall: () => void; readonly released: Promise<void> } | undefined;

  async function answer(received: Received, line: Line): Promise<void> {
    held?.onCall();
    await held?.released;
    const { path } = received;
    const service = serviceOf(path);
    const failure = fail?.(service, path);
    if (failure !== undefined) {
      calls.push({ service, path, refusal: 'made to fail' });
      if (failure !== 'silence') await sendJson(failure.status, failure.body, failure.headers ?? {}, line);
      return;
    }
    let answered: AuthAnswer;
    let refusal: string | undefined;
    try {
      answered = authRules[service]({ ...received, known, mint, universe });
    } catch (error) {
      if (!(error instanceof AuthRefusal)) throw error;
      answered = error.answer;
      refusal = error.message;
    }
    calls.push({ service, path, refusal });
    await sendJson(answered.status, answered.body, answered.headers ?? {}, line);
  }

  const server = await startLoopback(answer, (error) => ({ error }));
  const host = `127.0.0.1:${server.port}`;
  return {
    url: `http://${host}`,
    host,
    calls,
    issued: (service) => mint.issued(service),
    accepts: (authorization) => mint.isGood(authorization),
    revokeAll: () => mint.revokeAll(),
    hold: () => {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held = { onCall: reached.resolve, released: released.promise };
      return { reached: reached.promise, release: released.resolve };
    },
    stop: server.stop,
  };
}

function serviceOf(path: string): AuthService {
  if (path.startsWith('/computeMetadata/')) return 'metadata';
  if (path === '/token') return 'oauth';
  if (path === '/v1/token') return 'sts';
  return path === '/subject-token' ? 'subject' : 'iam';
}
