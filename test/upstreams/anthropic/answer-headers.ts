const resetsAt = '2030-01-01T00:00:00Z';

/** Headers that stand on every answer; a subscription has limits of its own kind, which Claude Code draws its bars from. */
export function answerHeaders(requestId: string, isSubscription: boolean): Readonly<Record<string, string>> {
  return {
    'request-id': requestId,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    ...(isSubscription ? subscriptionLimits : keyLimits),
  };
}

const subscriptionLimits = {
  'anthropic-ratelimit-unified-status': 'allowed',
  'anthropic-ratelimit-unified-representative-claim': 'five_hour',
  'anthropic-ratelimit-unified-reset': '1893456000',
  'anthropic-ratelimit-unified-overage-status': 'rejected',
  'anthropic-ratelimit-unified-5h-status': 'allowed',
  'anthropic-ratelimit-unified-5h-reset': '1893456000',
  'anthropic-ratelimit-unified-5h-utilization': '0.12',
  'anthropic-ratelimit-unified-7d-status': 'allowed',
  'anthropic-ratelimit-unified-7d-reset': '1893456000',
  'anthropic-ratelimit-unified-7d-utilization': '0.34',
} as const;

const keyLimits: Readonly<Record<string, string>> = Object.fromEntries(
  ['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((what) => [
    [`anthropic-ratelimit-${what}-limit`, '4000000'],
    [`anthropic-ratelimit-${what}-remaining`, '3999000'],
    [`anthropic-ratelimit-${what}-reset`, resetsAt],
  ]),
);
