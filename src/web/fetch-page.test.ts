import { afterEach, describe, expect, test } from 'bun:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  closedAddress,
  type FakeWeb,
  type FakeWebOptions,
  type Page,
  page,
  redirect,
  startFakeWeb,
} from '../../test/upstreams/web/fake-web.ts';
import { publicInternet } from './fence.ts';
import { type FetchOptions, pageFetcher } from './fetch-page.ts';
import { PageReader } from './page-reader.ts';
import { type FetchedPage, WebFailure } from './web-access.ts';

const webs: FakeWeb[] = [];
const reader = new PageReader();

afterEach(async () => {
  await Promise.all(webs.splice(0).map((web) => web.stop()));
  reader.close();
});

async function webOf(pages: Readonly<Record<string, Page>>, more: Partial<FakeWebOptions> = {}): Promise<FakeWeb> {
  const web = await startFakeWeb({ pages, ...more });
  webs.push(web);
  return web;
}

interface Asking extends FetchOptions {
  readonly maxCharacters?: number;
  readonly allows?: (url: URL) => boolean;
  readonly signal?: AbortSignal;
}

function get(web: FakeWeb, url: string, { maxCharacters = 100_000, allows, signal, ...options }: Asking = {}) {
  const fetchPage = pageFetcher({ fence: web.fence, reader, ...options });
  const limits = { maxCharacters, ...(allows !== undefined && { allows }) };
  return fetchPage(url, limits, signal ?? new AbortController().signal);
}

/** The code and the words of a failure; a page that was fetched after all fails the test. */
async function failureOf(fetched: Promise<FetchedPage>): Promise<string> {
  try {
    await fetched;
  } catch (error) {
    if (error instanceof WebFailure) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('It was fetched.');
}

describe('what a page becomes', () => {
  test('HTML: markdown, with links that hold elsewhere, its title and its last address', async () => {
    const html =
      '<title>A page</title><nav>Menu</nav><h1>Hello</h1><p>See <a href="x">this</a>.</p><script>no</script>';
    const web = await webOf({ 'good.test/old': redirect('/docs/new', 301), 'good.test/docs/new': page(html) });
    const { retrievedAt, ...rest } = await get(web, web.url('good.test/old#part'));
    expect(rest).toEqual({
      url: web.url('good.test/docs/new'),
      title: 'A page',
      mediaType: 'text/plain',
      data: `# Hello\n\nSee [this](${web.url('good.test/docs/x')}).`,
    });
    expect(new Date(retrievedAt).toISOString()).toBe(retrievedAt);
  });

  const texts: readonly [name: string, page: Page, data: string][] = [
    ['markdown as it is', page('# Hi\n<b>', { 'content-type': 'text/markdown; charset=utf-8' }), '# Hi\n<b>'],
    ['JSON as it is', page('{"a":1}', { 'content-type': 'application/vnd.api+json' }), '{"a":1}'],
    ['bytes of no type that are text', page('plain', { 'content-type': 'application/octet-stream' }), 'plain'],
    ['no type, but HTML', (answer) => answer.writeHead(200).end('<!DOCTYPE html><p>Hi'), 'Hi'],
    ['packed with gzip', page(gzipSync('<p>small'), { 'content-encoding': 'gzip' }), 'small'],
    ['packed with brotli', page(brotliCompressSync('<p>smaller'), { 'content-encoding': 'br' }), 'smaller'],
    [
      'another charset, by the header',
      page(Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), { 'content-type': 'text/plain; charset=windows-1251' }),
      'Привет',
    ],
    [
      'another charset, by the page',
      page(Buffer.concat([Buffer.from('<meta charset="windows-1251"><p>'), Buffer.from([0xcf, 0xf0])])),
      'Пр',
    ],
    ['a byte order mark', page(Buffer.from('\ufeffhi', 'utf16le'), { 'content-type': 'text/plain' }), 'hi'],
    ['a charset nobody knows', page('hi', { 'content-type': 'text/plain; charset=martian' }), 'hi'],
  ];
  test.each(texts)('%s', async (_, what, data) => {
    const web = await webOf({ 'good.test/': what });
    expect((await get(web, web.url('good.test/'))).data).toBe(data);
  });

  test('a PDF: its bytes in base64', async () => {
    const web = await webOf({ 'good.test/a.pdf': page('%PDF-1.7 …', { 'content-type': 'application/pdf' }) });
    const { mediaType, data } = await get(web, web.url('good.test/a.pdf'));
    expect([mediaType, Buffer.from(data, 'base64').toString()]).toEqual(['application/pdf', '%PDF-1.7 …']);
  });

  test('a text is cut where the reader wants no more, never in the middle of a character', async () => {
    const web = await webOf({ 'good.test/': page('ab😀cd', { 'content-type': 'text/plain' }) });
    expect((await get(web, web.url('good.test/'), { maxCharacters: 3 })).data).toBe('ab');
  });

  test('an encrypted page, under the name that its certificate holds', async () => {
    const web = await webOf({ 'good.test/': page('<p>Safe') });
    expect((await get(web, web.url('good.test/', 'https'))).data).toBe('Safe');
  });
});

describe('what is sent', () => {
  test('no credentials, no cookies, and the name in the host header', async () => {
    let headers: Readonly<Record<string, unknown>> = {};
    const web = await webOf({
      'good.test/set': (answer) => answer.writeHead(302, { location: '/', 'set-cookie': 'a=b' }).end(),
      'good.test/': (answer, request) => {
        headers = request.headers;
        answer.end('hi');
      },
    });
    await get(web, web.url('good.test/set'));
    expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
    expect(headers.host).toBe(new URL(web.url('good.test/')).host);
  });

  test('it goes straight there, whatever proxy the environment names', async () => {
    const web = await webOf({ 'good.test/': page('<p>Direct') });
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'] as const;
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = 'http://127.0.0.1:9';
    try {
      expect((await get(web, web.url('good.test/', 'http'))).data).toBe('Direct');
      expect((await get(web, web.url('good.test/', 'https'))).data).toBe('Direct');
    } finally {
      names.forEach((name, index) => {
        if (before[index] === undefined) delete process.env[name];
        else process.env[name] = before[index];
      });
    }
  });
});

describe('the fence', () => {
  const names = {
    'inside.test': [['10.1.2.3']],
    'metadata.test': [['169.254.169.254']],
    'mapped.test': [['::ffff:127.0.0.1']],
    'beside.test': [[closedAddress]],
    'nowhere.test': [[]],
  };
  const noHost = (name: string) => `url_not_allowed: ${name} is no host of the public internet.`;
  const refused: readonly [what: string, url: string, failure: string][] = [
    ['a name inside', 'http://inside.test/', noHost('inside.test')],
    ['the name of a metadata server', 'http://metadata.test/latest', noHost('metadata.test')],
    ['a name with a mapped address', 'http://mapped.test/', noHost('mapped.test')],
    ['a metadata server', 'http://169.254.169.254/latest', noHost('169.254.169.254')],
    ['this machine, by IPv6', 'http://[::1]/', noHost('[::1]')],
    ['this machine, by a short form', 'http://0x7f.2/', noHost('127.0.0.2')],
    ['this machine, by a number', 'http://2130706434/', noHost('127.0.0.2')],
    ['this machine, mapped into IPv6', 'https://[::ffff:7f00:2]/', noHost('[::ffff:7f00:2]')],
    ['a name without an address', 'http://nowhere.test/', 'url_not_accessible: No address is known for nowhere.test.'],
    ['SSH', 'http://good.test:22/', 'url_not_allowed: Pages are fetched from the usual ports of the web only.'],
    [
      'a password',
      'https://me:secret@good.test/',
      'url_not_allowed: A URL with a user name or password in it is not fetched.',
    ],
    ['a file', 'file:///etc/passwd', 'url_not_allowed: Only http:// and https:// URLs can be fetched.'],
    ['data', 'data:text/plain,hi', 'url_not_allowed: Only http:// and https:// URLs can be fetched.'],
    ['much', `http://good.test/${'x'.repeat(2_000)}`, 'url_too_long: The URL is longer than 2000 characters.'],
  ];
  test.each(refused)('does not let out to %s', async (_, url, failure) => {
    const web = await webOf({}, { names });
    expect(await failureOf(get(web, url))).toBe(failure);
    expect([web.visits, web.trespasses()]).toEqual([[], 0]);
  });

  test.each(refused)('nor behind a redirect to %s', async (_, url, failure) => {
    const web = await webOf({ 'good.test/': redirect(url) }, { names });
    expect(await failureOf(get(web, web.url('good.test/')))).toBe(failure);
    expect([web.visits, web.trespasses()]).toEqual([['good.test/'], 0]);
  });

  test('half a URL is none', async () => {
    const web = await webOf({});
    expect(await failureOf(get(web, 'good.test/page'))).toStartWith('invalid_tool_input');
  });

  test('a name that points inside at the second question is not asked a second time', async () => {
    const web = await webOf(
      { 'rebind.test/': page('<p>Outside') },
      { names: { 'rebind.test': [['127.0.0.1'], [closedAddress]] } },
    );
    expect((await get(web, web.url('rebind.test/'))).data).toBe('Outside');
    expect([web.asked, web.trespasses()]).toEqual([['rebind.test'], 0]);
  });

  test('a name that points inside when a redirect leads back to it is refused then', async () => {
    const web = await webOf(
      { 'rebind.test/': redirect('/again'), 'rebind.test/again': page('<p>Outside') },
      { names: { 'rebind.test': [['127.0.0.1'], [closedAddress]] } },
    );
    expect(await failureOf(get(web, web.url('rebind.test/')))).toStartWith('url_not_allowed');
    expect(web.trespasses()).toBe(0);
  });

  test('of a name with addresses on both sides only the public ones are used', async () => {
    const web = await webOf(
      { 'both.test/': page('<p>Outside') },
      { names: { 'both.test': [[closedAddress, '::1', '127.0.0.1']] } },
    );
    expect((await get(web, web.url('both.test/'))).data).toBe('Outside');
    expect(web.trespasses()).toBe(0);
  });

  test.each(['https://127.0.0.1/', 'http://localhost:8080/', 'http://[::1]:80/', 'http://10.0.0.1/'])(
    'the real one lets nobody to %p',
    async (url) => {
      const fetchPage = pageFetcher({ fence: publicInternet, reader });
      const fetched = fetchPage(url, { maxCharacters: 10 }, new AbortController().signal);
      expect(await failureOf(fetched)).toStartWith('url_not_allowed');
    },
  );

  test('a certificate for another name is not taken', async () => {
    const web = await webOf({ 'other.test/': page('<p>Who?') });
    expect(await failureOf(get(web, web.url('other.test/', 'https')))).toBe(
      `url_not_accessible: ${new URL(web.url('other.test/', 'https')).host} could not be reached (ERR_TLS_CERT_ALTNAME_INVALID).`,
    );
    expect(web.visits).toEqual([]);
  });

  test('a certificate that nobody vouches for is not taken', async () => {
    const web = await webOf({ 'good.test/': page('<p>Who?') });
    const { authorities: _, ...fence } = web.fence;
    expect(await failureOf(get(web, web.url('good.test/', 'https'), { fence }))).toContain('could not be reached');
    expect(web.visits).toEqual([]);
  });

  test('no redirect leads from an encrypted page to a plain one', async () => {
    const web = await webOf({ 'good.test/': redirect('http://good.test/plain') });
    expect(await failureOf(get(web, web.url('good.test/', 'https')))).toStartWith('url_not_allowed: good.test');
    expect(web.visits).toEqual(['good.test/']);
  });

  test('what the client does not allow is not asked for, at first or behind a redirect', async () => {
    const allows = ({ hostname }: URL) => hostname === 'good.test';
    const web = await webOf({ 'good.test/': redirect('http://bad.test/'), 'bad.test/': page('<p>Bad') });
    const told = 'url_not_allowed: Pages of bad.test are not allowed here.';
    expect(await failureOf(get(web, web.url('bad.test/'), { allows }))).toBe(told);
    expect(await failureOf(get(web, web.url('good.test/'), { allows }))).toBe(told);
    expect(web.visits).toEqual(['good.test/']);
  });
});

function hostOf(web: FakeWeb): string {
  return new URL(web.url('good.test/')).host;
}

describe('limits', () => {
  const bomb = page(gzipSync(Buffer.alloc(64 * 1024 * 1024, 'a')), {
    'content-type': 'text/plain',
    'content-encoding': 'gzip',
  });

  test('what little becomes much is read no further than a page may be long', async () => {
    const web = await webOf({ 'good.test/bomb': bomb });
    const { data } = await get(web, web.url('good.test/bomb'), { maxBytes: 1_000, maxCharacters: 1_000_000 });
    expect(data).toBe('a'.repeat(1_000));
  });

  test('half a PDF is none', async () => {
    const web = await webOf({
      'good.test/': page(`%PDF-${'x'.repeat(2_000)}`, { 'content-type': 'application/pdf' }),
    });
    const told = await failureOf(get(web, web.url('good.test/'), { maxBytes: 1_000 }));
    expect(told).toBe('url_not_accessible: The PDF is larger than 1000 bytes.');
  });

  test('a page that drips, and one that never answers, end with the time there is', async () => {
    const drip: Page = (answer) => {
      answer.writeHead(200, { 'content-type': 'text/plain' });
      const timer = setInterval(() => answer.write('x'), 10);
      answer.on('close', () => clearInterval(timer));
    };
    const web = await webOf({ 'good.test/drip': drip, 'good.test/silent': () => undefined });
    const told = 'url_not_accessible: The page did not come within 0.2 seconds.';
    expect(await failureOf(get(web, web.url('good.test/drip'), { totalMs: 200 }))).toBe(told);
    expect(await failureOf(get(web, web.url('good.test/silent'), { totalMs: 200 }))).toBe(told);
  });

  test('a resolver that never answers ends with the time there is', async () => {
    const web = await webOf({});
    const fence = { ...web.fence, resolve: () => new Promise<never>(() => undefined) };
    const told = await failureOf(get(web, web.url('good.test/'), { fence, totalMs: 100 }));
    expect(told).toBe('url_not_accessible: The page did not come within 0.1 seconds.');
  });

  test('whoever no longer waits gets his own reason, and the page sees its reader leave', async () => {
    const left = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const web = await webOf({
      'good.test/': (answer) => {
        answer.on('close', left.resolve);
        arrived.resolve();
      },
    });
    const client = new AbortController();
    const fetched = get(web, web.url('good.test/'), { signal: client.signal });
    await arrived.promise;
    client.abort(new Error('gone'));
    expect(fetched).rejects.toThrow('gone');
    await left.promise;
  });

  test('redirects in a circle end', async () => {
    const web = await webOf({ 'good.test/': redirect('/') });
    const told = await failureOf(get(web, web.url('good.test/')));
    expect(told).toBe('url_not_accessible: The page redirects more than 5 times.');
    expect(web.visits).toHaveLength(6);
  });
});

describe('what cannot be read', () => {
  const cases: readonly [name: string, page: Page, failure: string][] = [
    ['a status', (answer) => answer.writeHead(404).end(), 'url_not_accessible: HOST answered with status 404.'],
    [
      'a redirect to nowhere',
      (answer) => answer.writeHead(302).end(),
      'url_not_accessible: HOST answered with status 302.',
    ],
    [
      'a picture',
      page('', { 'content-type': 'image/png' }),
      'unsupported_content_type: The page is neither text nor a PDF.',
    ],
    [
      'bytes of no type that are no text',
      page(Buffer.from([1, 0, 2]), { 'content-type': 'application/octet-stream' }),
      'unsupported_content_type: The page is neither text nor a PDF.',
    ],
    [
      'a packing that was not asked for',
      page('x', { 'content-encoding': 'gzip, gzip' }),
      'url_not_accessible: The page is packed in a way that was not asked for.',
    ],
    [
      'a packing that it has not',
      page('x', { 'content-encoding': 'gzip' }),
      'url_not_accessible: The page broke off in the middle, or its packing cannot be read.',
    ],
    [
      'a page that breaks off',
      (answer) => {
        answer.writeHead(200, { 'content-length': '100' });
        answer.write('half', () => answer.destroy());
      },
      'url_not_accessible: The page broke off in the middle, or its packing cannot be read.',
    ],
    ['no answer at all', (answer) => answer.destroy(), 'url_not_accessible: HOST could not be reached (ECONNRESET).'],
  ];
  test.each(cases)('%s', async (_, what, failure) => {
    const web = await webOf({ 'good.test/': what });
    expect(await failureOf(get(web, web.url('good.test/')))).toBe(failure.replace('HOST', hostOf(web)));
  });

  test('of several addresses the next is tried where one cannot be reached', async () => {
    // Nothing listens on the first; both are let through.
    const web = await webOf({ 'two.test/': page('<p>Here') }, { names: { 'two.test': [['127.0.0.3', '127.0.0.1']] } });
    const fence = { ...web.fence, isOpenAddress: () => true };
    expect((await get(web, web.url('two.test/'), { fence, connectMs: 300 })).data).toBe('Here');
  });
});
