import { test } from 'bun:test';
import { anthropicKind } from './anthropic-kind.ts';
import { gemini3Kind, gemini25Kind, vertexKind } from './gemini-kind.ts';
import { openAiKind, openAiResponsesKind } from './openai-kind.ts';
import type { UpstreamKind } from './upstream-kind.ts';

/** Every kind of upstream that the cases run on. */
export const kinds: readonly UpstreamKind[] = [
  openAiKind,
  openAiResponsesKind,
  gemini25Kind,
  gemini3Kind,
  vertexKind,
  anthropicKind,
];

/** Cases that make no sense with some kind, and why. */
const exceptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a missing key is one clear message at once, not ten retries': {
    anthropic: 'without a key of the proxy’s own, that of the client goes through (anthropic.e2e.ts)',
  },
};

/** A case on every kind of upstream with which it makes sense. */
export function onEveryKind(title: string, run: (kind: UpstreamKind) => Promise<void>): void {
  for (const kind of kinds) {
    if (exceptions[title]?.[kind.name] === undefined) test.concurrent(`${title} [${kind.name}]`, () => run(kind));
  }
}
