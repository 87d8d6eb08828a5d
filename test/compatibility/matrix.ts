import { anthropicKind } from '../e2e/harness/anthropic-kind.ts';
import { gemini3Kind, gemini25Kind, vertexKind } from '../e2e/harness/gemini-kind.ts';
import { localKind } from '../e2e/harness/local-kind.ts';
import { chatOnlyKind, deepSeekKind, openAiKind, openAiResponsesKind } from '../e2e/harness/openai-kind.ts';
import { answers } from './answers.ts';
import { context } from './context.ts';
import { failures } from './failures.ts';
import { bodyOf, type Feature, type Group, usualAnswer } from './feature.ts';
import { media } from './media.ts';
import { serverSide } from './server-side.ts';
import { thinking } from './thinking.ts';
import { tools } from './tools.ts';
import { type Column, type Seen, type Visit, visit } from './visit.ts';

export const groups: readonly Group[] = [answers, tools, thinking, media, serverSide, context, failures];

export const columns: readonly Column[] = [
  { title: 'OpenAI `gpt-4.1`', kind: openAiKind },
  { title: 'OpenAI `gpt-5.4`', kind: openAiResponsesKind },
  { title: 'OpenAI `gpt-5.2`, `OPENAI_API=chat`', kind: chatOnlyKind, settings: { BIG_MODEL: 'gpt-5.2' } },
  { title: 'DeepSeek', kind: deepSeekKind },
  { title: 'a weak model on LM Studio', kind: localKind },
  { title: 'Gemini 2.5', kind: gemini25Kind },
  { title: 'Gemini 3', kind: gemini3Kind },
  { title: 'Vertex AI', kind: vertexKind },
  { title: 'Anthropic', kind: anthropicKind },
];

/** Whether a feature is there; where it is not, how the client hears of it, and why it is not. */
export type Cell = { readonly word: 'yes' } | { readonly word: 'listed' | 'refused' | '—'; readonly why: string };

/** Tries one feature on one upstream. Throws where it is not there and nobody says so. */
export function tryOut(feature: Feature, column: Column): Promise<Cell> {
  const { kind } = column;
  const options = {
    replies: feature.replies?.(kind) ?? [usualAnswer],
    contextWindow: feature.contextWindow,
    web: feature.web?.(),
  };
  return visit(column, options, async (visited) => {
    const seen = await lastAnswer(feature, visited);
    const { failure, message } = seen;
    if (feature.fails !== undefined) {
      if (failure !== undefined && feature.fails(failure, kind)) return { word: 'yes' };
      throw new Error(`answered otherwise: ${JSON.stringify(failure ?? message)}`);
    }
    if (failure !== undefined || message === undefined) {
      const why = failure?.message ?? '';
      const names = feature.fields.find((field) => why.includes(field));
      if (failure?.status === 400 && names !== undefined && visited.refusals().length === 0) {
        return { word: 'refused', why: why.slice(why.indexOf(names)) };
      }
      throw new Error(`failed: ${why} ${visited.refusals().join('; ')}`);
    }
    const loss = lossOf(feature, seen);
    if (loss !== undefined) return { word: 'listed', why: loss };
    const found = (await feature.check?.({ ...seen, message }, visited)) ?? false;
    if (typeof found === 'string') return { word: '—', why: found };
    // Passed through byte for byte, a request has everything that it had, whatever the fake makes of it.
    if (found || (kind.name === 'anthropic' && seen.calls.at(-1)?.text === seen.sent)) return { word: 'yes' };
    throw new Error(`is not there, and nothing says so. The upstream got ${seen.calls.at(-1)?.text}`);
  });
}

async function lastAnswer({ body, next, stream = true }: Feature, { ask }: Visit): Promise<Seen> {
  const first = await ask(bodyOf(body), { stream });
  if (next === undefined || first.message === undefined) return first;
  return ask(bodyOf(next({ ...first, message: first.message })), { stream });
}

function lossOf({ fields }: Feature, { losses }: Seen): string | undefined {
  const found = losses.split('; ').find((loss) => fields.some((field) => loss.startsWith(field)));
  return found?.replace(/^\S+: /, '');
}
