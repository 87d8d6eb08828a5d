import type { SearchResult } from '../script.ts';
import type { Platform } from './gemini-request.ts';

/** The searches of an answer, and which of its texts rest on them. */
export interface Grounding {
  readonly searches: readonly { readonly query: string; readonly results: readonly SearchResult[] }[];
  /** Texts said after a search, each with the number of results found by then. */
  readonly grounded: readonly { readonly text: string; readonly results: number }[];
  /** The whole visible text. */
  readonly text: string;
  readonly platform: Platform;
}

/** `groundingMetadata` of a candidate. Segments count UTF-8 bytes; sources are links that lead on, titled by their domain. */
export function groundingMetadata({ searches, grounded, text, platform }: Grounding): Record<string, unknown> {
  const results = searches.flatMap((search) => search.results);
  let from = 0;
  const supports = grounded.map((said) => {
    const at = text.indexOf(said.text, from);
    from = at + said.text.length;
    const startIndex = Buffer.byteLength(text.slice(0, at));
    const endIndex = startIndex + Buffer.byteLength(said.text);
    const indices = results.slice(0, said.results).map((_result, index) => index);
    const segment = { ...(startIndex === 0 ? {} : { startIndex }), endIndex, text: said.text };
    const scores = platform === 'vertex' ? { confidenceScores: indices.map(() => 0.9) } : {};
    return { segment, groundingChunkIndices: indices, ...scores };
  });
  return {
    searchEntryPoint: { renderedContent: '<div class="container"></div>' },
    groundingChunks: results.map(({ title, url }) => {
      const domain = platform === 'vertex' ? { domain: new URL(url).hostname } : {};
      return { web: { uri: url, title, ...domain } };
    }),
    groundingSupports: supports,
    webSearchQueries: searches.map(({ query }) => query),
  };
}
