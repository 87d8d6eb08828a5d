// What reading a PDF costs: `bun bench/documents.ts` prints for documents of several lengths the milliseconds of the first
// reading (the worker starts), of a second document of that length, of the same one again, and the process's memory.
import { PdfReader } from '../src/documents/pdf-reader.ts';
import { madePdf, manyWords } from '../test/documents/pdf-file.ts';

const never = new AbortController().signal;

function document(pages: number, seed: string): string {
  const lines = Array.from({ length: 4 }, () => manyWords).flat();
  return madePdf(Array.from({ length: pages }, (_, page) => ({ lines: [`${seed} ${page}`, ...lines] }))).toString(
    'base64',
  );
}

const megabytes = () => Math.round(process.memoryUsage().rss / 1024 / 1024);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return Math.round(performance.now() - before);
}

console.log(`without a worker: ${megabytes()} MB`);
console.log('pages  images  first ms  second ms  again ms  memory MB');
for (const images of [false, true]) {
  for (const pages of [1, 20, 200]) {
    const reader = new PdfReader();
    const read = (base64: string) => timed(() => reader.read({ base64, images }, never));
    const [first, second] = [document(pages, 'first'), document(pages, 'second')];
    const times = [await read(first), await read(second), await read(second)];
    const cells = [pages, images ? 'yes' : 'no', ...times, megabytes()];
    console.log(cells.map((cell, index) => String(cell).padStart([5, 8, 10, 11, 10, 11][index] ?? 0)).join(''));
    reader.close();
  }
}
