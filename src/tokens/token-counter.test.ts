import { afterEach, expect, test } from 'bun:test';
import { readingOf } from './count-request.ts';
import { estimateTokens } from './estimate.ts';
import { type CountAnswer, type CountingWorker, type CountQuestion, TokenCounter } from './token-counter.ts';

const bodyOf = (content: string) => JSON.stringify({ model: 'claude-haiku-5', messages: [{ role: 'user', content }] });
const body = bodyOf('hello world');
const estimate = estimateTokens({ model: 'm', max_tokens: 0, messages: [{ role: 'user', content: 'hello world' }] });

/** A worker whose answers and failures the test decides. */
class ScriptedWorker implements CountingWorker {
  readonly questions: CountQuestion[] = [];
  ended = false;
  #answer: (answer: CountAnswer) => void = () => undefined;
  #fail: () => void = () => undefined;

  ask(question: CountQuestion): void {
    this.questions.push(question);
  }
  onAnswer(listener: (answer: CountAnswer) => void): void {
    this.#answer = listener;
  }
  onFailure(listener: () => void): void {
    this.#fail = listener;
  }
  end(): void {
    this.ended = true;
  }
  answer(tokens: number, at = this.questions.length - 1): void {
    this.#answer({ id: this.questions[at]?.id ?? 0, tokens });
  }
  fail(): void {
    this.#fail();
  }
}

function scripted() {
  const workers: ScriptedWorker[] = [];
  const timers = new Map<() => void, number>();
  const counter = new TokenCounter({
    patienceMs: 1_000,
    idleLimitMs: 300_000,
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
  return { counter, workers, worker, timers, pass };
}

test('no worker runs before the first count, and all counts share one', async () => {
  const { counter, workers, worker } = scripted();
  expect(workers).toHaveLength(0);
  const counts = Promise.all([counter.count(body, { model: 'gpt-4.1' }), counter.count(body, { model: 'gpt-4o' })]);
  worker().answer(5, 0);
  worker().answer(6, 1);
  expect(await counts).toEqual([5, 6]);
  expect(workers).toHaveLength(1);
  expect(worker().questions[0]).toEqual({ id: 1, text: body, reading: readingOf({ model: 'gpt-4.1' }) });
});

test('a worker that fails leaves the estimate to those who wait, and the next count starts another', async () => {
  const { counter, workers, worker } = scripted();
  const counts = Promise.all([counter.count(body, { model: 'gpt-4.1' }), counter.count(body, { model: 'gpt-4.1' })]);
  worker().fail();
  expect(await counts).toEqual([estimate, estimate]);
  expect(worker().ended).toBe(true);
  const next = counter.count(body, { model: 'gpt-4.1' });
  expect(workers).toHaveLength(2);
  worker().answer(5);
  expect(await next).toBe(5);
});

test('after three failures in a row no further worker is started', async () => {
  const { counter, workers, worker } = scripted();
  for (let failures = 0; failures < 3; failures++) {
    const count = counter.count(body, { model: 'gpt-4.1' });
    worker().fail();
    await count;
  }
  expect(await counter.count(body, { model: 'gpt-4.1' })).toBe(estimate);
  expect(workers).toHaveLength(3);
});

test('failures with answers between them are not in a row', async () => {
  const { counter, workers, worker } = scripted();
  for (let round = 0; round < 5; round++) {
    const answered = counter.count(body, { model: 'gpt-4.1' });
    worker().answer(5);
    expect(await answered).toBe(5);
    const failed = counter.count(body, { model: 'gpt-4.1' });
    worker().fail();
    expect(await failed).toBe(estimate);
  }
  expect(workers).toHaveLength(5);
});

test('a load that takes longer than a second is not waited for, by the next one not at all', async () => {
  const { counter, worker, pass } = scripted();
  const first = counter.count(body, { model: 'gpt-4.1' });
  pass(1_000);
  expect(await first).toBe(estimate);
  expect(await counter.count(body, { model: 'gpt-4.1' })).toBe(estimate);
  expect(worker().questions).toHaveLength(1);
  worker().answer(5);
  const later = counter.count(body, { model: 'gpt-4.1' });
  worker().answer(5);
  expect(await later).toBe(5);
});

test('a worker idle for five minutes gives its memory back; one in use does not', async () => {
  const { counter, workers, worker, timers, pass } = scripted();
  const first = counter.count(body, { model: 'gpt-4.1' });
  pass(300_000);
  expect(worker().ended).toBe(false);
  worker().answer(5);
  await first;
  const second = counter.count(body, { model: 'gpt-4.1' });
  expect([...timers.values()]).toEqual([1_000]);
  worker().answer(5);
  await second;
  expect([...timers.values()]).toEqual([300_000]);
  pass(300_000);
  expect(worker().ended).toBe(true);
  const third = counter.count(body, { model: 'gpt-4.1' });
  expect(workers).toHaveLength(2);
  worker().answer(7);
  expect(await third).toBe(7);
});

test('a closed counter ends its worker, settles who waits and still estimates', async () => {
  const { counter, workers, worker, timers } = scripted();
  const waiting = counter.count(body, { model: 'gpt-4.1' });
  counter.close();
  expect(await waiting).toBe(estimate);
  expect(worker().ended).toBe(true);
  expect(await counter.count(body, { model: 'gpt-4.1' })).toBe(estimate);
  expect(workers).toHaveLength(1);
  expect(timers.size).toBe(0);
});

test('a prompt of many megabytes is estimated', async () => {
  const { counter, workers } = scripted();
  expect(await counter.count(bodyOf('word '.repeat(900_000)), { model: 'gpt-4.1' })).toBeGreaterThan(1_000_000);
  expect(workers).toHaveLength(0);
});

let real: TokenCounter | undefined;
function realCounter(): TokenCounter {
  real = new TokenCounter({ patienceMs: 60_000 });
  return real;
}
afterEach(() => real?.close());

test('a burst of 27 counts during the first load is answered with exact numbers', async () => {
  const counter = realCounter();
  const words = Array.from({ length: 27 }, (_, index) => 'hello world '.repeat(index + 1).trim());
  const counts = await Promise.all(words.map((text) => counter.count(bodyOf(text), { model: 'gpt-4.1' })));
  expect(counts).toEqual(words.map((_, index) => 6 + 2 * (index + 1)));
});

test('the marks between the turns of other models are text like any other', async () => {
  const tokens = await realCounter().count(bodyOf('it ends with <|endoftext|> there, '.repeat(10)), {
    model: 'gpt-4.1',
  });
  expect(tokens).toBeGreaterThan(100);
  expect(tokens).toBeLessThan(140);
});

test('200,000 equal characters are counted in no time', async () => {
  // Encoded in one go they would take a minute, far over the limit of this test.
  const tokens = await realCounter().count(bodyOf('a'.repeat(200_000)), { model: 'gpt-4.1' });
  expect(tokens).toBeGreaterThan(24_900);
  expect(tokens).toBeLessThan(25_300);
});

test('the event loop goes on while the worker loads and counts', async () => {
  const counter = realCounter();
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 1);
  await counter.count(bodyOf('some words to be counted, '.repeat(15_000)), { model: 'gpt-4.1' });
  clearInterval(ticking);
  // Loading and counting here instead would leave room for one or two.
  expect(ticks).toBeGreaterThan(20);
});

test('a body that a worker cannot read fails with the reason and leaves the counter usable', async () => {
  const counter = realCounter();
  await expect(counter.count('{"model":"m"}', { model: 'gpt-4.1' })).rejects.toThrow('messages');
  expect(await counter.count(body, { model: 'gpt-4.1' })).toBeGreaterThan(0);
});
