import { madePdf, manyWords } from '../documents/pdf-file.ts';
import { solidPng } from '../e2e/harness/png.ts';
import { callTool } from '../upstreams/script.ts';
import { type Answered, type Group, goOn, read, result, upstreamBody, user, usualAnswer } from './feature.ts';

const png = Buffer.from(solidPng(64, [0, 128, 0])).toString('base64');
const pdf = madePdf([{ lines: manyWords }]).toString('base64');
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } } as const;
const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } } as const;

const readIt = { type: 'text', text: 'Read it.' } as const;

function readsPages(seen: Answered): boolean {
  return manyWords.every((line) => upstreamBody(seen).includes(line));
}

export const media: Group = {
  title: 'Images and documents',
  features: [
    {
      title: 'image',
      fields: ['messages'],
      body: { messages: [user([image])] },
      check: (seen) => upstreamBody(seen).includes(png),
    },
    {
      title: 'image by its address',
      fields: ['messages'],
      body: { messages: [user([{ type: 'image', source: { type: 'url', url: 'https://example.com/green.png' } }])] },
      check: (seen) => upstreamBody(seen).includes('https://example.com/green.png'),
    },
    {
      title: 'image in the result of a tool',
      fields: ['messages'],
      replies: () => [[callTool('Read', { path: 'a.txt' })], usualAnswer],
      body: { tools: [read] },
      next: (first) => ({ tools: [read], messages: goOn(first, ([id = '']) => [result(id, [image])]) }),
      check: (seen) => upstreamBody(seen).includes(png),
    },
    {
      title: 'PDF, as it is',
      fields: [],
      body: { messages: [user([document, readIt])] },
      check: (seen) => upstreamBody(seen).includes(pdf) || 'the model reads no PDF: see the next row',
    },
    {
      title: 'PDF, as the text and the pictures of its pages',
      fields: [],
      body: { messages: [user([document, readIt])] },
      check: (seen) => readsPages(seen) || (upstreamBody(seen).includes(pdf) && 'the model reads it itself'),
    },
    {
      title: 'PDF in the result of a tool',
      fields: [],
      replies: () => [[callTool('Read', { path: 'a.txt' })], usualAnswer],
      body: { tools: [read] },
      next: (first) => ({ tools: [read], messages: goOn(first, ([id = '']) => [result(id, [document])]) }),
      check: (seen) => upstreamBody(seen).includes(pdf) || readsPages(seen),
    },
    {
      title: 'document of text',
      fields: ['messages'],
      body: {
        messages: [
          user([
            {
              type: 'document',
              title: 'Notes',
              source: { type: 'text', media_type: 'text/plain', data: 'Roses are due.' },
            },
          ]),
        ],
      },
      check: (seen) => upstreamBody(seen).includes('Roses are due.'),
    },
    {
      title: 'citations of a document',
      fields: ['messages'],
      body: {
        messages: [
          user([
            {
              type: 'document',
              title: 'Notes',
              citations: { enabled: true },
              source: { type: 'text', media_type: 'text/plain', data: 'Roses are due.' },
            },
          ]),
        ],
      },
    },
    {
      title: 'search results of the client (`search_result`)',
      fields: ['messages'],
      body: {
        messages: [
          user([
            {
              type: 'search_result',
              source: 'https://example.com',
              title: 'Roses',
              content: [{ type: 'text', text: 'Cut them in March.' }],
            },
          ]),
        ],
      },
      check: (seen) => upstreamBody(seen).includes('Cut them in March.'),
    },
  ],
};
