export type AuthService = 'metadata' | 'oauth' | 'sts' | 'iam' | 'subject';

/** Makes access tokens and knows which of them are good. */
export class Mint {
  readonly lifeSeconds: number;
  readonly #tokens = new Map<string, { readonly service: AuthService; readonly endsAtMs: number }>();
  readonly #revoked = new Set<string>();

  constructor(lifeSeconds: number) {
    this.lifeSeconds = lifeSeconds;
  }

  issue(service: AuthService): string {
    const token = `fake-${service}-token-${this.#tokens.size + 1}`;
    this.#tokens.set(token, { service, endsAtMs: Date.now() + this.lifeSeconds * 1000 });
    return token;
  }

  issued(service: AuthService): number {
    return [...this.#tokens.values()].filter((token) => token.service === service).length;
  }

  isGood(authorization: string | null): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    const known = this.#tokens.get(token);
    return known !== undefined && !this.#revoked.has(token) && Date.now() < known.endsAtMs;
  }

  revokeAll(): void {
    for (const token of this.#tokens.keys()) this.#revoked.add(token);
  }
}
