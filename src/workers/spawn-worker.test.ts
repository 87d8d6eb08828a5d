import { expect, test } from 'bun:test';
import { spawnWorker } from './spawn-worker.ts';

const code = (text: string) => new URL(`data:text/javascript,${encodeURIComponent(text)}`);

test('a worker answers whoever listened last', async () => {
  const worker = spawnWorker<number, number>(code('onmessage = ({ data }) => postMessage(data * 2)'));
  const answers: number[] = [];
  worker.onAnswer(() => answers.push(-1));
  const { promise, resolve } = Promise.withResolvers<number>();
  worker.onAnswer(resolve);
  worker.ask(21);
  expect(await promise).toBe(42);
  expect(answers).toEqual([]);
  worker.end();
});

test.each([
  ['that fails', 'throw new Error("broken")'],
  ['that goes away without a word', 'process.exit(1)'],
])('one %s is told at once', async (_name, what) => {
  const worker = spawnWorker<number, number>(code(`onmessage = () => { ${what} }`));
  const failed = new Promise<void>((resolve) => worker.onFailure(resolve));
  worker.ask(1);
  await failed;
  worker.end();
});
