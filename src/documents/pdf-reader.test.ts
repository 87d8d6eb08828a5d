import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { decode } from 'fast-png';
import { bombPage, type MadePage, madePdf, manyWords } from '../../test/documents/pdf-file.ts';
import {
  type PdfAnswer,
  type PdfQuestion,
  PdfReader,
  type PdfReaderOptions,
  type ReadingWorker,
} from './pdf-reader.ts';
import type { PdfProblem, PdfReading } from './pdf-reading.ts';

// A page is drawn in tens of milliseconds, on a busy machine in many times that.
setDefaultTimeout(60_000);

const never = new AbortController().signal;
const reading = (text: string): PdfReading => ({ pageCount: 1, pages: [{ text, image: undefined }] });

/** A worker whose answers and failures the test decides. */
class ScriptedWorker implements ReadingWorker {
  readonly questions: PdfQuestion[] = [];
  ended = false;
  #answer: (answer: PdfAnswer) => void = () => undefined;
  #fail: () => void = () => undefined;

  ask(question: PdfQuestion): void {
    this.questions.push(question);
  }
  onAnswer(listener: (answer: PdfAnswer) => void): void {
    this.#answer = listener;
  }
  onFailure(listener: () => void): void {
    this.#fail = listener;
  }
  end(): void {
    this.ended = true;
  }
  answer(text: string, isSpent = false): void {
    this.#answer({ reading: reading(text), isSpent });
  }
  fail(): void {
    this.#fail();
  }
}

function scripted(options: PdfReaderOptions = {}) {
  const workers: ScriptedWorker[] = [];
  const timers = new Map<() => void, number>();
  const reader = new PdfReader({
    timeLimitMs: 1_000,
    idleLimitMs: 60_000,
    startWorker: () => {
      const worker = new ScriptedWorker();
      workers.push(worker);
      return worker;
    },
    startTimer: (delayMs, then) => {
      const run = () => then();
      timers.set(run, delayMs);
      return () => timers.delete(run);
    },
    ...options,
  });
  const pass = (delayMs: number) => {
    for (const [run, after] of [...timers]) {
      if (after !== delayMs) continue;
      timers.delete(run);
      run();
    }
  };
  const worker = (at = workers.length - 1) => {
    const found = workers[at];
    if (found === undefined) throw new Error('no worker was started');
    return found;
  };
  const read = (base64: string, images = false, signal = never) => reader.read({ base64, images }, signal);
  return { reader, read, workers, worker, pass };
}

test('a document that was read before is not read again, and one worker reads one document at a time', async () => {
  const { read, workers, worker } = scripted();
  const both = Promise.all([read('AAAA'), read('AAAA'), read('BBBB')]);
  expect(worker().questions.map(({ base64 }) => base64)).toEqual(['AAAA']);
  worker().answer('first');
  expect(worker().questions.map(({ base64 }) => base64)).toEqual(['AAAA', 'BBBB']);
  worker().answer('second');
  expect(await both).toEqual([reading('first'), reading('first'), reading('second')]);
  expect(await read('AAAA')).toEqual(reading('first'));
  expect(worker().questions).toHaveLength(2);
  expect(workers).toHaveLength(1);
});

test('the same document with pictures is another reading', async () => {
  const { read, worker } = scripted();
  const text = read('AAAA');
  worker().answer('text');
  await text;
  const shown = read('AAAA', true);
  worker().answer('shown');
  expect(await shown).toEqual(reading('shown'));
});

test('what was read is forgotten when it takes too much room, the longest unused first', async () => {
  const { read, worker } = scripted({ maxRemembered: 2_500 });
  for (const [base64, text] of [
    ['AAAA', 'a'.repeat(800)],
    ['BBBB', 'b'.repeat(800)],
  ] as const) {
    const read1 = read(base64);
    worker().answer(text);
    await read1;
  }
  await read('AAAA');
  const third = read('CCCC');
  worker().answer('c'.repeat(800));
  await third;
  await read('AAAA');
  expect(worker().questions).toHaveLength(3);
  const again = read('BBBB');
  worker().answer('again');
  expect(await again).toEqual(reading('again'));
});

test('a document that takes too long ends its worker; the next one gets another, and it is not tried again', async () => {
  const { read, workers, worker, pass } = scripted();
  const slow = read('AAAA');
  const next = read('BBBB');
  pass(1_000);
  expect(await slow).toEqual({ problem: 'too-slow' });
  expect(worker(0).ended).toBe(true);
  worker(1).answer('next');
  expect(await next).toEqual(reading('next'));
  worker(0).answer('too late');
  expect(await read('AAAA')).toEqual({ problem: 'too-slow' });
  expect(workers).toHaveLength(2);
});

test('a worker that dies, or can read no further document, is replaced', async () => {
  const { read, workers, worker } = scripted();
  const lost = read('AAAA');
  worker().fail();
  expect(await lost).toEqual({ problem: 'broken' });
  const spent = read('BBBB');
  worker().answer('spent', true);
  expect(await spent).toEqual(reading('spent'));
  expect(worker(1).ended).toBe(true);
  const last = read('CCCC');
  worker().answer('last');
  expect(await last).toEqual(reading('last'));
  expect(workers).toHaveLength(3);
});

test('an idle worker gives its memory back', async () => {
  const { read, workers, worker, pass } = scripted();
  const first = read('AAAA');
  pass(60_000);
  expect(worker().ended).toBe(false);
  worker().answer('first');
  await first;
  pass(60_000);
  expect(worker().ended).toBe(true);
  const second = read('BBBB');
  worker().answer('second');
  await second;
  expect(workers).toHaveLength(2);
});

test('a client that leaves is not held, and what nobody waits for any more is not read', async () => {
  const { read, worker } = scripted();
  const leaving = new AbortController();
  const current = read('AAAA');
  const left = read('BBBB', false, leaving.signal);
  const after = read('CCCC');
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  worker().answer('first');
  worker().answer('third');
  expect(await Promise.all([current, after])).toEqual([reading('first'), reading('third')]);
  expect(worker().questions.map(({ base64 }) => base64)).toEqual(['AAAA', 'CCCC']);
});

test('a queue that is full, and a reader that is closed, say so at once', async () => {
  const { reader, read, worker } = scripted({ maxWaiting: 1 });
  const current = read('AAAA');
  const waiting = read('BBBB');
  expect(await read('CCCC')).toEqual({ problem: 'busy' });
  reader.close();
  expect(await Promise.all([current, waiting])).toEqual([{ problem: 'busy' }, { problem: 'busy' }]);
  expect(worker().ended).toBe(true);
  expect(await read('DDDD')).toEqual({ problem: 'busy' });
});

test('a document of more than 32 MB is not even opened', async () => {
  const { read, workers } = scripted();
  expect(await read('A'.repeat(45_000_000))).toEqual({ problem: 'too-large' });
  expect(workers).toHaveLength(0);
});

let real: PdfReader | undefined;
afterEach(() => real?.close());

function readReal(file: Buffer, images: boolean, reader = new PdfReader({ timeLimitMs: 60_000 })): Promise<PdfReading> {
  real = reader;
  return reader.read({ base64: file.toString('base64'), images }, never);
}

async function pagesOf(pages: readonly MadePage[], images: boolean) {
  const read = await readReal(madePdf(pages), images);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

async function sizeOf(image: string | undefined) {
  return await new Bun.Image(Buffer.from(image ?? '', 'base64')).metadata();
}

test('the text of each page is read in its lines', async () => {
  const { pageCount, pages } = await pagesOf([{ lines: ['Hello (world)', 'an exam-', 'ple'] }, { red: true }], false);
  expect(pageCount).toBe(2);
  expect(pages).toEqual([
    { text: 'Hello (world)\nan exam-ple', image: undefined },
    { text: '', image: undefined },
  ]);
});

test('a page without text is drawn larger than one with text, and what is drawn has its colours', async () => {
  const { pages } = await pagesOf([{ lines: manyWords }, { red: true }, { red: true, size: [2_000, 1_000] }], true);
  expect(await Promise.all(pages.map(({ image }) => sizeOf(image)))).toEqual([
    { format: 'jpeg', width: 865, height: 1_120 },
    { format: 'jpeg', width: 1_212, height: 1_568 },
    { format: 'jpeg', width: 1_568, height: 784 },
  ]);
  // Decoded by another library than the one that wrote it.
  const png = new Bun.Image(Buffer.from(pages[1]?.image ?? '', 'base64')).resize(1, 1).png();
  const [red = 0, green = 255, blue = 255] = decode(await png.bytes()).data;
  expect([red > 240, green < 20, blue < 20]).toEqual([true, true, true]);
});

test('the same document gives the same bytes, for the prompt cache upstream', async () => {
  const pages: MadePage[] = [{ lines: manyWords, red: true }, { red: true }];
  expect(await pagesOf(pages, true)).toEqual(await pagesOf(pages, true));
});

test('of a long document the first 20 pages are shown, and later ones only where text is poor, 40 at most', async () => {
  const pages = Array.from(
    { length: 200 },
    (_, index): MadePage => (index < 100 ? { lines: manyWords } : { red: true }),
  );
  const read = await pagesOf(pages, true);
  expect(read.pageCount).toBe(200);
  expect(
    read.pages.map(({ image }, index) => (image === undefined ? -1 : index)).filter((index) => index >= 0),
  ).toEqual([
    ...Array.from({ length: 20 }, (_, index) => index),
    ...Array.from({ length: 20 }, (_, index) => 100 + index),
  ]);
  expect(read.pages[99]?.text).toContain('Line 12 of this page');
});

test('of more than 600 pages the first 600 are read', async () => {
  const read = await pagesOf(
    Array.from({ length: 610 }, () => ({ lines: ['word'] })),
    false,
  );
  expect([read.pageCount, read.pages.length]).toEqual([610, 600]);
});

test.each<[name: string, file: Buffer, problem: PdfProblem]>([
  ['locked by a password', madePdf([{ lines: ['secret'] }], { locked: true }), 'encrypted'],
  ['no PDF at all', Buffer.from('hello'), 'broken'],
  ['empty', Buffer.alloc(0), 'broken'],
  ['without a page', madePdf([]), 'broken'],
  ['cut off', madePdf([{ lines: manyWords }, { lines: manyWords }]).subarray(0, 900), 'broken'],
])('a document that is %s is told from one that is empty', async (_name, file, problem) => {
  expect(await readReal(file, true)).toEqual({ problem });
});

test('a document whose table of contents is damaged is read all the same', async () => {
  const file = madePdf([{ lines: ['page one'] }, { lines: ['page two'] }]);
  const damaged = Buffer.from(file.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1');
  const read = await readReal(damaged, false);
  expect('pages' in read && read.pages.map(({ text }) => text)).toEqual(['page one', 'page two']);
});

test('a page that unpacks to a gigabyte harms nobody: the next document is read', async () => {
  const reader = new PdfReader({ timeLimitMs: 60_000 });
  const before = process.memoryUsage().rss;
  const bomb = await readReal(madePdf([bombPage()]), true, reader);
  expect('problem' in bomb || bomb.pages[0]?.text === '').toBe(true);
  expect(process.memoryUsage().rss - before).toBeLessThan(900 * 1024 * 1024);
  expect(await readReal(madePdf([{ lines: ['still here'] }]), false, reader)).toEqual(reading('still here'));
});
