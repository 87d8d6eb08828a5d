import { afterEach, describe, expect, test } from 'bun:test';
import type { TokenCount } from '../providers/provider.ts';
import type { Credentials } from './credentials.ts';
import { VendorCounter, type VendorCounterOptions } from './vendor-counter.ts';

const stay = new AbortController().signal;
const noCredentials: Credentials = {
  complete: (target) => Promise.resolve(target),
  authorize: () => Promise.resolve(undefined),
};
const counter: TokenCount = {
  buildRequest: () => {
    throw new Error('built elsewhere');
  },
  readAnswer: (body) => JSON.parse(body).tokens,
};

/** A vendor that counts characters, as far as `answer` lets it. */
class Vendor {
  readonly bodies: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  answer: (body: string) => Response | Promise<Response> = (body) => Response.json({ tokens: body.length });
  readonly #server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const body = await request.text();
      this.bodies.push(body);
      this.atOnce += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
      try {
        return await this.answer(body);
      } finally {
        this.atOnce -= 1;
      }
    },
  });

  get url(): string {
    return `${this.#server.url.origin}/count`;
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }
}

let vendor: Vendor;
afterEach(() => vendor.stop());

function asking(options: VendorCounterOptions = {}, credentials = noCredentials) {
  vendor = new Vendor();
  const counts = new VendorCounter(options);
  return (body: string, signal: AbortSignal = stay) =>
    counts.count({
      counter,
      built: { url: vendor.url, headers: {}, body, losses: [] },
      target: { provider: 'gemini', model: 'm', baseUrl: vendor.url, apiKey: undefined, route: '' },
      credentials,
      signal,
    });
}

test('a prompt is counted once, however often and however many ask', async () => {
  const count = asking();
  expect(await Promise.all([count('hello'), count('hello'), count('hello')])).toEqual([5, 5, 5]);
  expect(await count('hello')).toBe(5);
  expect(await count('other prompt')).toBe(12);
  expect(vendor.bodies).toEqual(['hello', 'other prompt']);
});

test('a count is forgotten after a while, and the oldest when there are many', async () => {
  let time = 0;
  const count = asking({ keepMs: 1000, maxKept: 2, now: () => time });
  await count('a');
  time = 1001;
  await count('a');
  await count('b');
  await count('c');
  await count('b');
  await count('a');
  expect(vendor.bodies).toEqual(['a', 'a', 'b', 'c', 'a']);
});

test('27 questions at once reach the vendor a few at a time, and all are answered', async () => {
  const count = asking({ atATime: 4 });
  const bodies = Array.from({ length: 27 }, (_, index) => 'x'.repeat(index + 1));
  expect(await Promise.all(bodies.map((body) => count(body)))).toEqual(bodies.map((body) => body.length));
  expect(vendor.mostAtOnce).toBeLessThanOrEqual(4);
});

describe('there is no count, and no failure', () => {
  const answers: readonly [what: string, answer: () => Response | Promise<Response>][] = [
    ['a fault', () => new Response('oops', { status: 500 })],
    ['a refused key', () => new Response('no', { status: 401 })],
    ['an answer that is no JSON', () => new Response('<html>')],
    ['an answer without a count', () => Response.json({})],
    ['a count that is none', () => Response.json({ tokens: -1 })],
    ['silence', () => new Promise(() => undefined)],
    ['a redirect', () => Response.redirect('http://127.0.0.1:9/')],
  ];
  test.each(answers)('%s, which is then left in peace for a while', async (_, answer) => {
    let time = 0;
    const count = asking({ limitMs: 100, pauseMs: 1000, now: () => time });
    vendor.answer = answer;
    expect(await count('a')).toBeUndefined();
    vendor.answer = (body) => Response.json({ tokens: body.length });
    expect(await count('ab')).toBeUndefined();
    expect(vendor.bodies).toEqual(['a']);
    time = 1001;
    expect(await count('a')).toBe(1);
  });

  test.each([404, 405, 501])('a server that has no counter (%d) is not asked again for long', async (status) => {
    let time = 0;
    const count = asking({ pauseMs: 1000, missingMs: 60_000, now: () => time });
    vendor.answer = () => new Response('not here', { status });
    expect(await count('a')).toBeUndefined();
    vendor.answer = (body) => Response.json({ tokens: body.length });
    time = 59_999;
    expect(await count('ab')).toBeUndefined();
    expect(vendor.bodies).toEqual(['a']);
    time = 60_001;
    expect(await count('ab')).toBe(2);
  });

  test('a prompt that is refused says nothing of others', async () => {
    const count = asking();
    vendor.answer = (body) => (body === 'bad' ? new Response('no', { status: 400 }) : Response.json({ tokens: 1 }));
    expect([await count('bad'), await count('good'), await count('bad')]).toEqual([undefined, 1, undefined]);
    expect(vendor.bodies).toEqual(['bad', 'good']);
  });

  test('credentials that cannot be had', async () => {
    const count = asking({}, { ...noCredentials, authorize: () => Promise.reject(new Error('none')) });
    expect(await count('a')).toBeUndefined();
    expect(vendor.bodies).toEqual([]);
  });
});

test('who leaves is not kept waiting, and who asks the same gets the count', async () => {
  const count = asking();
  const release = Promise.withResolvers<void>();
  vendor.answer = async (body) => {
    await release.promise;
    return Response.json({ tokens: body.length });
  };
  const client = new AbortController();
  const left = count('hello', client.signal);
  const stayed = count('hello');
  client.abort();
  expect(await left).toBeUndefined();
  release.resolve();
  expect(await stayed).toBe(5);
});

test('a count may take a second call, and no third', async () => {
  vendor = new Vendor();
  vendor.answer = (body) => Response.json({ tokens: body.length });
  const counts = new VendorCounter();
  const built = { url: vendor.url, headers: {}, body: 'a', losses: [] };
  const target = { provider: 'openai', model: 'm', baseUrl: vendor.url, apiKey: undefined, route: '' } as const;
  const inCalls = (calls: number) =>
    counts.count({
      counter: {
        ...counter,
        readAnswer: (body, asked) => {
          const { tokens } = JSON.parse(body);
          return tokens < calls ? { ...asked, body: `${asked.body}a` } : tokens;
        },
      },
      built: { ...built, url: `${vendor.url}?${calls}` },
      target,
      credentials: noCredentials,
      signal: stay,
    });
  expect([await inCalls(2), await inCalls(3)]).toEqual([2, undefined]);
});

test('a call carries its credentials, and a refused token is not used again', async () => {
  let refused = 0;
  const refuse = () => {
    refused += 1;
    return true;
  };
  const authorization = { headers: { authorization: 'Bearer t' }, refused: refuse };
  const count = asking({}, { ...noCredentials, authorize: () => Promise.resolve(authorization) });
  vendor.answer = () => new Response('', { status: 401 });
  expect(await count('a')).toBeUndefined();
  expect(refused).toBe(1);
});
