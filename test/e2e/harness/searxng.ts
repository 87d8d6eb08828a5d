/** A search service of the kind that people run themselves, on a loopback port. */
export interface FakeSearxng {
  readonly url: string;
  /** What was searched for, oldest first. */
  readonly queries: readonly string[];
  stop(): Promise<void>;
}

export interface SearxngResult {
  readonly title: string;
  readonly url: string;
  readonly content: string;
}

/** Finds the same for every query. */
export async function startSearxng(results: readonly SearxngResult[]): Promise<FakeSearxng> {
  const queries: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { searchParams } = new URL(request.url);
      const query = searchParams.get('q') ?? '';
      queries.push(query);
      if (searchParams.get('format') !== 'json') return new Response('<html></html>', { status: 403 });
      return Response.json({ query, number_of_results: results.length, results, answers: [], suggestions: [] });
    },
  });
  return { url: server.url.href.replace(/\/$/, ''), queries, stop: () => server.stop(true) };
}
