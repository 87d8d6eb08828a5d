import { expect, test } from 'bun:test';
import type { PageText } from './html-text.ts';
import { type PageQuestion, PageReader, type ReadingWorker } from './page-reader.ts';

const never = new AbortController().signal;

/** Workers whose answers a test gives. */
class ByHand {
  readonly started: { asked: PageQuestion[]; ended: boolean; answer(text: string): void; fail(): void }[] = [];

  start(): ReadingWorker {
    let answered: ((page: PageText) => void) | undefined;
    let failed: (() => void) | undefined;
    const worker = {
      asked: [] as PageQuestion[],
      ended: false,
      answer: (text: string) => answered?.({ title: undefined, text }),
      fail: () => failed?.(),
    };
    this.started.push(worker);
    return {
      ask: (question) => worker.asked.push(question),
      onAnswer: (listener) => {
        answered = listener;
      },
      onFailure: (listener) => {
        failed = listener;
      },
      end: () => {
        worker.ended = true;
      },
    };
  }
}

function question(html: string): PageQuestion {
  return { html, address: 'https://a.test/', maxCharacters: 100 };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test('a real worker reads a page, and is let go when nothing comes for a while', async () => {
  const reader = new PageReader({ idleLimitMs: 1 });
  expect(await reader.read(question('<title>T</title><h1>Hi'), never)).toEqual({ title: 'T', text: '# Hi' });
  await Bun.sleep(20);
  expect(await reader.read(question('<p>again'), never)).toMatchObject({ text: 'again' });
  reader.close();
});

test('one page after another, by one worker', async () => {
  const hands = new ByHand();
  const reader = new PageReader({ startWorker: () => hands.start() });
  const first = reader.read(question('1'), never);
  const second = reader.read(question('2'), never);
  await settled();
  expect(hands.started[0]?.asked.map(({ html }) => html)).toEqual(['1']);
  hands.started[0]?.answer('one');
  expect((await first).text).toBe('one');
  await settled();
  hands.started[0]?.answer('two');
  expect((await second).text).toBe('two');
  expect(hands.started).toHaveLength(1);
  reader.close();
});

test('a page that takes too long becomes plain text, its worker is ended, and the next page is read', async () => {
  const hands = new ByHand();
  const reader = new PageReader({ startWorker: () => hands.start(), patienceMs: 10 });
  expect(await reader.read(question('<p>slow</p>'), never)).toEqual({ title: undefined, text: 'slow' });
  const next = reader.read(question('2'), never);
  await settled();
  expect(hands.started.map(({ ended }) => ended)).toEqual([true, false]);
  // Too late, and for nobody.
  hands.started[0]?.answer('late');
  hands.started[1]?.answer('two');
  expect((await next).text).toBe('two');
  reader.close();
});

test('a page that breaks its worker becomes plain text', async () => {
  const hands = new ByHand();
  const reader = new PageReader({ startWorker: () => hands.start() });
  const page = reader.read(question('<p>broken'), never);
  await settled();
  hands.started[0]?.fail();
  expect((await page).text).toBe('broken');
  expect(hands.started[0]?.ended).toBe(true);
});

test('who has left while waiting for his turn is not read, and too many are not let in', async () => {
  const hands = new ByHand();
  const reader = new PageReader({ startWorker: () => hands.start() });
  const first = reader.read(question('1'), never);
  const leaving = new AbortController();
  const second = reader.read(question('2'), leaving.signal);
  leaving.abort(new Error('gone'));
  await settled();
  hands.started[0]?.answer('one');
  await first;
  expect(second).rejects.toThrow('gone');
  await settled();
  const many = Array.from({ length: 33 }, () => reader.read(question('x'), leaving.signal).catch(String));
  expect((await Promise.all(many)).at(-1)).toContain('Too many pages are being read at once.');
  expect(hands.started[0]?.asked).toHaveLength(1);
});
