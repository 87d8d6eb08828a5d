import { z } from 'zod';
import { parseJson } from '../json.ts';
import type { Received } from '../loopback-server.ts';
import type { FakeHit, SearchCall, SearchKind } from './fake-search.ts';

/** The key that every one of them wants. */
export const searchKey = 'search-key-that-must-not-leak';

/** What the real service would not have taken, in its own form. */
export class SearchRefusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, why: string, body: unknown) {
    super(why);
    this.status = status;
    this.body = body;
  }
}

interface Rules {
  /** What is asked for; throws SearchRefusal. */
  read(received: Received): SearchCall;
  write(hits: readonly FakeHit[], call: SearchCall): unknown;
}

const domains = (max: number) => z.array(z.string().regex(/^[a-z0-9.-]+$/)).max(max);

const tavilyRequest = z.strictObject({
  query: z.string().min(1).max(400),
  search_depth: z.enum(['basic', 'advanced']),
  max_results: z.int().min(0).max(20),
  include_domains: domains(300).optional(),
  exclude_domains: domains(150).optional(),
  country: z
    .string()
    .regex(/^[a-z][a-z ]+$/)
    .optional(),
});

const exaRequest = z.strictObject({
  query: z.string().min(1),
  type: z.enum(['auto', 'neural', 'keyword', 'fast']),
  numResults: z.int().min(1).max(100),
  includeDomains: domains(1_200).optional(),
  excludeDomains: domains(1_200).optional(),
  userLocation: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  contents: z.strictObject({ highlights: z.literal(true) }),
});

const braveRequest = z.strictObject({
  q: z
    .string()
    .min(1)
    .max(400)
    .refine((text) => text.split(/\s+/).length <= 50),
  count: z.string().regex(/^(?:[1-9]|1\d|20)$/),
  result_filter: z.literal('web'),
  text_decorations: z.literal('false'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

const searxngRequest = z.strictObject({ q: z.string().min(1), format: z.literal('json') });

export const searchRules: Readonly<Record<SearchKind, Rules>> = {
  tavily: {
    read: (received) => {
      const refuse = (status: number, why: string) => new SearchRefusal(status, why, { detail: { error: why } });
      if (received.method !== 'POST' || received.path !== '/search') throw refuse(404, 'Not Found');
      if (received.headers.get('authorization') !== `Bearer ${searchKey}`) throw refuse(401, 'Unauthorized');
      const request = tavilyRequest.safeParse(parseJson(received.text));
      if (!request.success) throw refuse(400, z.prettifyError(request.error));
      const { query, ...fields } = request.data;
      return { query, fields };
    },
    write: (hits, { query, fields }) => ({
      query,
      follow_up_questions: null,
      answer: null,
      images: [],
      results: hits.slice(0, Number(fields.max_results)).map(({ url, title, excerpt, date }) => ({
        url,
        title,
        content: excerpt,
        score: 0.9,
        raw_content: null,
        ...(date !== undefined && { published_date: date }),
      })),
      response_time: 0.5,
      request_id: 'a-request',
    }),
  },
  exa: {
    read: (received) => {
      const refuse = (status: number, error: string) => new SearchRefusal(status, error, { requestId: 'r', error });
      if (received.method !== 'POST' || received.path !== '/search') throw refuse(404, 'Not Found');
      if (received.headers.get('x-api-key') !== searchKey) throw refuse(401, 'Invalid API key');
      const request = exaRequest.safeParse(parseJson(received.text));
      if (!request.success) throw refuse(400, z.prettifyError(request.error));
      const { query, ...fields } = request.data;
      return { query, fields };
    },
    write: (hits, { fields }) => ({
      requestId: 'r',
      resolvedSearchType: 'neural',
      results: hits.slice(0, Number(fields.numResults)).map(({ url, title, excerpt, date }) => ({
        id: url,
        url,
        title: title === '' ? null : title,
        author: null,
        ...(date !== undefined && { publishedDate: date }),
        highlights: [excerpt],
        highlightScores: [0.5],
      })),
      costDollars: { total: 0.005 },
    }),
  },
  brave: {
    read: (received) => {
      const refuse = (status: number, code: string) =>
        new SearchRefusal(status, code, { type: 'ErrorResponse', error: { id: 'e', status, code, detail: code } });
      if (received.method !== 'GET' || received.path !== '/res/v1/web/search') throw refuse(404, 'NOT_FOUND');
      if (received.headers.get('x-subscription-token') !== searchKey) throw refuse(422, 'SUBSCRIPTION_TOKEN_INVALID');
      const request = braveRequest.safeParse(Object.fromEntries(received.query));
      if (!request.success) throw refuse(422, z.prettifyError(request.error));
      const { q, ...fields } = request.data;
      return { query: q, fields: { ...fields, ...placeIn(received.headers) } };
    },
    write: (hits, { query, fields }) => ({
      type: 'search',
      query: { original: query, more_results_available: false },
      ...(hits.length > 0 && {
        web: {
          type: 'search',
          family_friendly: true,
          results: hits.slice(0, Number(fields.count)).map(({ url, title, excerpt, date }) => ({
            type: 'search_result',
            subtype: 'generic',
            url,
            title: title.replaceAll('&', '&amp;').replaceAll("'", '&#x27;'),
            description: excerpt,
            language: 'en',
            ...(date !== undefined && { page_age: date, age: 'some days ago' }),
          })),
        },
      }),
    }),
  },
  searxng: {
    read: (received) => {
      const { format, ...query } = Object.fromEntries(received.query);
      if (received.method !== 'GET' || received.path !== '/search') throw new SearchRefusal(404, 'path', 'Not Found');
      const request = searxngRequest.safeParse({ ...query, format });
      if (!request.success) throw new SearchRefusal(400, z.prettifyError(request.error), 'Bad Request');
      const { q, ...fields } = request.data;
      return { query: q, fields };
    },
    write: (hits, { query }) => ({
      query,
      number_of_results: 0,
      results: hits.map(({ url, title, excerpt, date }) => ({
        url,
        title,
        content: excerpt,
        engine: 'an engine',
        score: 1,
        category: 'general',
        publishedDate: date ?? null,
      })),
      answers: [],
      corrections: [],
      infoboxes: [],
      suggestions: [],
      unresponsive_engines: [],
    }),
  },
};

function placeIn(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-loc-')));
}
