// The worker behind TokenCounter: an encoding takes a third of a second to load and a large prompt tens of milliseconds
// to count, neither of which the event loop that carries the streams can give.
import { parseCountTokensRequest } from '../messages/parse-request.ts';
import type { ModelTraits } from '../models/model-traits.ts';
import { countInPieces, countRequest } from './count-request.ts';
import type { CountAnswer, CountQuestion } from './token-counter.ts';

declare const self: Worker;

type Encoding = ModelTraits['encoding'];
type CountText = (text: string) => number;

const encodings = new Map<Encoding, CountText>();

self.onmessage = async ({ data }: MessageEvent<CountQuestion>) => {
  self.postMessage(await answer(data));
};

async function answer({ id, text, reading }: CountQuestion): Promise<CountAnswer> {
  const { encoding } = reading.traits;
  const countText = encodings.get(encoding) ?? (await load(encoding));
  return { id, tokens: countRequest(parseCountTokensRequest(text), reading, countText) };
}

async function load(encoding: Encoding): Promise<CountText> {
  const { countTokens } =
    encoding === 'o200k_base'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base');
  // A prompt may well talk about `<|endoftext|>`; it is text then.
  const asText = { disallowedSpecial: new Set<string>() };
  const countText = remember((text) => countInPieces(text, (piece) => countTokens(piece, asText)));
  encodings.set(encoding, countText);
  return countText;
}

const rememberedTexts = 10_000;
const shortestRemembered = 64;

/** Turn after turn brings the same texts again. Keyed by hash, so that no prompt stays in memory. */
function remember(count: CountText): CountText {
  const known = new Map<number | bigint, number>();
  return (text) => {
    if (text.length < shortestRemembered) return count(text);
    const key = Bun.hash(text);
    const before = known.get(key);
    if (before !== undefined) return before;
    const tokens = count(text);
    if (known.size >= rememberedTexts) known.delete(known.keys().next().value ?? key);
    known.set(key, tokens);
    return tokens;
  };
}
