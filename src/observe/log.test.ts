import { describe, expect, test } from 'bun:test';
import picocolors from 'picocolors';
import { Secret } from '../config/secret.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { createLog, type Log } from './log.ts';
import { printable } from './printable.ts';
import { requestHeading } from './request-line.ts';
import type { RequestRecord } from './request-record.ts';

const answered: RequestRecord = {
  requestId: 'req_1',
  path: '/v1/messages',
  status: 200,
  durationMs: 3421,
  firstEventMs: 812,
  stream: true,
  requestedModel: 'claude-opus-5-5',
  model: 'openai/gpt-4.1',
  route: 'opus → BIG_MODEL',
  tools: 24,
  messages: 12,
  inputTokens: 18_211,
  cachedTokens: 16_000,
  outputTokens: 412,
  costUsd: 0.0123,
  stopReason: 'tool_use',
  losses: [],
  turns: 1,
  attempts: 1,
  callRepairs: {},
  upstreamRequestId: 'up_1',
  sessionId: 'session_1',
  agentId: undefined,
  outcome: 'answered',
  error: undefined,
};
const failed: RequestRecord = {
  ...answered,
  firstEventMs: undefined,
  durationMs: 240,
  inputTokens: undefined,
  cachedTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
  stopReason: undefined,
  outcome: 'failed',
};

const noon = new Date(2026, 10, 23, 12, 0, 5);

function logged(
  say: (log: Log) => void,
  settings: { level?: 'debug' | 'info' | 'warn' | 'error'; format?: 'pretty' | 'json' } = {},
  surroundings: { columns?: number; colour?: boolean } = {},
): string {
  let text = '';
  const log = createLog(
    { level: settings.level ?? 'info', format: settings.format ?? 'pretty' },
    (line) => {
      text += line;
    },
    { now: () => noon, columns: () => surroundings.columns ?? 120, colour: surroundings.colour ?? false },
  );
  say(log);
  return text;
}

describe('a request on a terminal', () => {
  const cases: readonly [what: string, record: RequestRecord, lines: string[]][] = [
    [
      'an answer',
      answered,
      [
        '12:00:05  200   claude-opus-5-5 → gpt-4.1             24 tools   12 msgs   812ms  3.42s   2.2k + 16.0k →   412    $0.012',
      ],
    ],
    [
      'nothing cached, one message, no tools, a dated name',
      {
        ...answered,
        requestedModel: 'claude-haiku-4-5-20251001',
        model: 'openai/gpt-4.1-mini',
        tools: 0,
        messages: 1,
        cachedTokens: 0,
        durationMs: 125_400,
        inputTokens: 1_250_000,
      },
      [
        '12:00:05  200   claude-haiku-4-5 → gpt-4.1-mini                   1 msg    812ms  2m05s  1.25M         →   412    $0.012',
      ],
    ],
    [
      'a model asked for by its own name',
      { ...answered, requestedModel: 'gpt-4.1' },
      [
        '12:00:05  200   gpt-4.1                               24 tools   12 msgs   812ms  3.42s   2.2k + 16.0k →   412    $0.012',
      ],
    ],
    [
      'losses, repetitions and an unusual stop',
      {
        ...answered,
        attempts: 2,
        stopReason: 'max_tokens',
        losses: [
          { field: 'top_k', why: 'not taken here' },
          { field: 'messages.0.content.1', why: 'a b' },
          { field: 'messages.2.content.7', why: 'a b' },
        ],
      },
      [
        '12:00:05  200   claude-opus-5-5 → gpt-4.1             24 tools   12 msgs   812ms  3.42s   2.2k + 16.0k →   412    $0.012',
        '                └ 2 tries · stopped: max_tokens · lost: top_k (not taken here), messages.0.content.1 (a b)',
      ],
    ],
    [
      'calls that were repaired',
      { ...answered, callRepairs: { type: 2, name: 1 } },
      [
        '12:00:05  200   claude-opus-5-5 → gpt-4.1             24 tools   12 msgs   812ms  3.42s   2.2k + 16.0k →   412    $0.012',
        '                └ calls repaired: 2 type, 1 name',
      ],
    ],
    [
      'a short note stands on the same line',
      {
        ...failed,
        status: 404,
        requestedModel: undefined,
        model: undefined,
        path: '/v1/x',
        tools: 0,
        messages: 0,
        error: { type: 'not_found', message: 'no' },
      },
      ['12:00:05  404   /v1/x                                                          –  240ms  not_found: no'],
    ],
    [
      'a failure, with its reason below',
      {
        ...failed,
        status: 429,
        error: { type: 'rate_limit_error', message: 'Too many tokens a minute; try again in 6 s' },
      },
      [
        '12:00:05  429   claude-opus-5-5 → gpt-4.1             24 tools   12 msgs       –  240ms',
        '                └ rate_limit_error: Too many tokens a minute; try again in 6 s',
      ],
    ],
    [
      'a stream that broke after its head was sent is marked in spite of its 200',
      { ...failed, error: { type: 'api_error', message: 'cut' }, stopReason: undefined },
      ['12:00:05  200!  claude-opus-5-5 → gpt-4.1             24 tools   12 msgs       –  240ms  api_error: cut'],
    ],
    [
      'a client that left',
      { ...failed, outcome: 'client-left' },
      ['12:00:05  left  claude-opus-5-5 → gpt-4.1             24 tools   12 msgs       –  240ms'],
    ],
    [
      'long names are cut, the real one last',
      {
        ...answered,
        requestedModel: 'claude-sonnet-with-a-very-long-name',
        model: 'openai/deepseek/deepseek-chat-v3.1-terminus',
      },
      [
        '12:00:05  200   claude-sonn… → deepseek/deepseek-c…   24 tools   12 msgs   812ms  3.42s   2.2k + 16.0k →   412    $0.012',
      ],
    ],
  ];
  test.each(cases)('%s', (_, record, lines) => {
    expect(logged((log) => log.request(record))).toBe(`${lines.join('\n')}\n`);
  });

  test.each([
    [undefined, ''],
    [0, '$0'],
    [0.00001, '<$0.0001'],
    [0.0012345, '$0.0012'],
    [0.45678, '$0.457'],
    [12.3456, '$12.35'],
    [1234.56, '$1235'],
  ])('a cost of %p dollars is told as %p', (costUsd, told) => {
    const line = logged((log) => log.request({ ...answered, costUsd })).trimEnd();
    expect(line.slice(line.indexOf('→   412') + 7).trim()).toBe(told);
  });

  test.each([80, 100, 110, 120, 200])('stays within %d columns, under its heading', (columns) => {
    const line = logged((log) => log.request(answered), {}, { columns }).trimEnd();
    expect(line.length).toBeLessThanOrEqual(columns);
    const heading = requestHeading(columns, picocolors.createColors(false));
    expect(heading.indexOf('→ out')).toBe(line.lastIndexOf('→'));
    expect(heading.indexOf('asked for')).toBe(line.indexOf('claude'));
  });

  test('a long reason is broken between words, within the columns', () => {
    const message = 'OPENAI_API_KEY is not set, and openai/gpt-4.1 needs it: put it into .env and start again';
    const record = { ...failed, status: 401, error: { type: 'authentication_error', message } };
    for (const columns of [80, 100]) {
      const lines = logged((log) => log.request(record), {}, { columns })
        .trimEnd()
        .split('\n');
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      expect(
        lines
          .slice(1)
          .map((line) => line.slice(18))
          .join(' '),
      ).toBe(`authentication_error: ${message}`);
    }
  });

  test('is coloured where that is wanted, and as wide as without', () => {
    const coloured = logged((log) => log.request(answered), {}, { colour: true });
    expect(coloured).toContain('\u001b[32m200');
    expect(Bun.stripANSI(coloured)).toBe(logged((log) => log.request(answered)));
  });
});

test('a request as JSON is one line that holds the whole record', () => {
  const record = {
    ...failed,
    losses: [{ field: 'top_k', why: 'not known upstream' }],
    error: { type: 't', message: 'a\nb' },
  };
  const measured = { ...record, durationMs: 239.98321 };
  const text = logged((log) => log.request(measured), { format: 'json' });
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(JSON.parse(text)).toEqual({
    time: noon.toISOString(),
    level: 'error',
    message: 'request',
    ...JSON.parse(JSON.stringify(record)),
  });
});

describe('which requests are shown', () => {
  const health: RequestRecord = { ...answered, path: '/health', requestedModel: undefined };
  const counting: RequestRecord = { ...answered, path: '/v1/messages/count_tokens' };
  const cases: readonly [level: 'debug' | 'info' | 'warn' | 'error', shown: number][] = [
    ['debug', 6],
    ['info', 4],
    ['warn', 2],
    ['error', 1],
  ];
  test.each(cases)('at %s: %d of six', (level, shown) => {
    const text = logged(
      (log) => {
        for (const record of [answered, { ...failed, outcome: 'client-left' } as const, { ...failed, status: 400 }]) {
          log.request(record);
        }
        for (const record of [{ ...failed, status: 502 }, health, counting]) log.request(record);
      },
      { level, format: 'json' },
    );
    expect(text.split('\n').filter((line) => line !== '')).toHaveLength(shown);
  });
});

test('what an upstream or a client wrote cannot forge a line or reach the terminal', () => {
  const evil = 'x\n12:00:05  200   all is well\r\u001b[2J\u009b31m\u202e\u2028';
  const record = {
    ...failed,
    status: 500,
    requestedModel: evil,
    model: `openai/${evil}`,
    stopReason: evil,
    losses: [{ field: evil, why: '' }],
    error: { type: evil, message: evil },
  };
  for (const format of ['pretty', 'json'] as const) {
    const text = logged(
      (log) => {
        log.request(record);
        log.warn(evil, { said: evil, nested: { said: evil } });
      },
      { format },
    );
    expect(text.split('\n').filter((line) => line.startsWith('12:00:05  200'))).toEqual([]);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    if (format === 'json') for (const line of text.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  }
  expect(printable('a\tb\u0007é→😀\u{e0041}')).toBe('a\\tb\\u{7}é→😀\\u{e0041}');
  expect(printable('x'.repeat(50), 10)).toBe('xxxxxxxxx…');
});

describe('other lines', () => {
  test('pretty: the message and its fields', () => {
    expect(logged((log) => log.info('listening', { port: 8082, host: 'h' }))).toBe(
      '12:00:05  info  listening  port=8082 host=h\n',
    );
  });

  test('json: the message and its fields', () => {
    expect(JSON.parse(logged((log) => log.warn('slow', { ms: 5 }), { format: 'json' }))).toEqual({
      time: noon.toISOString(),
      level: 'warn',
      message: 'slow',
      ms: 5,
    });
  });

  test('below the level nothing is written', () => {
    const all = (log: Log) => {
      log.debug('d');
      log.info('i');
      log.warn('w');
      log.error('e');
    };
    expect(logged(all, { level: 'warn' }).split('\n')).toHaveLength(3);
    expect(logged(all, { level: 'debug' }).split('\n')).toHaveLength(5);
  });

  test.each(['pretty', 'json'] as const)(
    '%s: an unknown error is told by kind and place, not by its words; keys never',
    (format) => {
      const text = logged(
        (log) =>
          log.error('a fault', {
            error: new TypeError('prompt text'),
            known: new ProxyError('upstream-fault', 'made to be read', { cause: new Error('prompt text') }),
            key: new Secret('sk-secret'),
          }),
        { format },
      );
      expect(text).toContain('TypeError');
      expect(text).toContain('log.test.ts');
      expect(text).toContain('made to be read');
      expect(text).not.toContain('prompt text');
      expect(text).not.toContain('sk-secret');
    },
  );
});

test('a loss is told once for its model and field; after that a new one stands out', () => {
  const lossy = (...fields: string[]) => ({
    ...answered,
    losses: fields.map((field) => ({ field, why: 'not taken here' })),
  });
  const text = logged((log) => {
    log.request(lossy('top_k'));
    log.request(lossy('top_k'));
    log.request(lossy('top_k', 'speed'));
    log.request({ ...lossy('top_k'), model: 'openai/gpt-5' });
  });
  const notes = text.split('\n').flatMap((line) => line.match(/(?:lost:|\d+ lost).*/)?.[0] ?? []);
  expect(notes).toEqual([
    'lost: top_k (not taken here)',
    '1 lost as before',
    'lost: speed (not taken here) · 1 lost as before',
    'lost: top_k (not taken here)',
  ]);
});
