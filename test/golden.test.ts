import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { isRecord } from '../src/messages/json.ts';
import { parseMessagesRequest } from '../src/messages/parse-request.ts';
import type { SseEvent } from '../src/providers/provider.ts';
import { SseDecoder } from '../src/upstream/sse-decoder.ts';
import { readClientFrames } from './messages-grammar.ts';
import { type Exchange, foldAll, frameOf, gemini, openAi, type Replay, replay, responses } from './replay.ts';

// Every folder holds a whole exchange: what the client asked, what the upstream streamed, what the client must get.
// `UPDATE=1 bun test test/golden.test.ts` writes the last one anew: read the diff.
const dialects = { 'openai-chat': openAi, 'openai-responses': responses, gemini } as const;
const updating = process.env.UPDATE === '1';

interface Case extends Exchange {
  readonly name: string;
  readonly upstream: string;
  readonly client: string;
}

const cases: readonly Case[] = Object.entries(dialects).flatMap(([dialect, usualTarget]) => {
  const root = join(import.meta.dir, 'golden', dialect);
  return readdirSync(root)
    .sort()
    .map((folder) => {
      const file = (of: string) => join(root, folder, of);
      const read = (of: string) => (existsSync(file(of)) ? readFileSync(file(of), 'utf8') : undefined);
      const told: unknown = JSON.parse(read('target.json') ?? '{}');
      const target = { ...usualTarget, ...(isRecord(told) ? told : {}) };
      const request = parseMessagesRequest(read('request.json') ?? '');
      const upstream = read('upstream.sse') ?? '';
      if (updating) writeFileSync(file('client.sse'), replay({ request, target }, [bytesOf(upstream)]).client);
      return { name: `${dialect}/${folder}`, request, target, upstream, client: read('client.sse') ?? '' };
    });
});

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function eventsOf(upstream: string): readonly SseEvent[] {
  const decoder = new SseDecoder();
  return [...decoder.push(bytesOf(upstream)), ...decoder.end()];
}

/** Repeatable cuts: the same case is cut the same way in every run. */
function cutAtRandom(bytes: Uint8Array, seed: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let state = seed;
  for (let at = 0; at < bytes.length; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const end = at + 1 + (state % 97);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

describe.each(cases)('$name', (golden) => {
  const { name, upstream, client } = golden;
  const bytes = bytesOf(upstream);

  test('the client gets exactly this', () => {
    expect(replay(golden, [bytes]).client).toBe(client);
  });

  test('however the network cuts the bytes', () => {
    expect(
      replay(
        golden,
        Array.from(bytes, (byte) => new Uint8Array([byte])),
      ).client,
    ).toBe(client);
    for (let seed = 1; seed <= 8; seed += 1) expect(replay(golden, cutAtRandom(bytes, seed)).client).toBe(client);
  });

  test('with other line ends, and with comments between all lines', () => {
    const plain = upstream.replaceAll('\r\n', '\n');
    for (const written of [
      plain.replaceAll('\n', '\r\n'),
      plain.replaceAll('\n', '\r'),
      plain.replaceAll('\n', '\n: still here\n'),
      plain.replaceAll('\n\n', '\n\n: still here\n\n\n'),
    ]) {
      expect(replay(golden, [bytesOf(written)]).client).toBe(client);
    }
  });

  test('cut after any event, the answer fails or is whole, and no half tool call is closed', () => {
    const events = eventsOf(upstream);
    const whole = replay(golden, [bytes]);
    for (let kept = 0; kept < events.length; kept += 1) {
      const cut = replay(golden, [bytesOf(events.slice(0, kept).map(frameOf).join(''))]);
      if (cut.error === undefined && !decidedLate.includes(name)) expect(essence(cut)).toEqual(essence(whole));
      for (const tool of closedTools(cut)) expect(closedTools(whole)).toContainEqual(tool);
    }
  });

  test('with an error after any event, the answer fails', () => {
    const events = eventsOf(upstream);
    const whole = replay(golden, [bytes]);
    const failure = frameOf({ event: undefined, data: '{"error":{"message":"out of order","type":"server_error"}}' });
    for (let kept = 0; kept < events.length; kept += 1) {
      const before = bytesOf(events.slice(0, kept).map(frameOf).join(''));
      const failed = replay(golden, [before, bytesOf(failure)]);
      // An answer that has ended is whole: nothing after it counts.
      if (failed.error === undefined) expect(essence(failed)).toEqual(essence(whole));
      else expect(readClientFrames(failed.client).at(-1)?.name).toBe('error');
    }
  });
});

/** What an upstream tells last decides here how the answer ends: without it the end is another, and still true. */
const decidedLate: readonly string[] = [
  'openai-chat/finish-twice-and-heavier',
  'openai-chat/length-fills-window',
  'openai-chat/length-without-a-word',
  'gemini/error-after-finish',
  'gemini/finish-twice-and-heavier',
  'gemini/goes-on-after-finish',
];

/** Arguments that are no JSON: a stream passes them on, whoever reads it whole must refuse them. */
const brokenArguments = 'openai-chat/tool-arguments-broken';

/** All of an answer but its token counts: those may come after everything else. */
function essence({ events }: Replay): unknown[] {
  return events.map((event) => {
    if (event.type === 'message_start') return { ...event.message, usage: undefined };
    return event.type === 'message_delta' ? event.delta : event;
  });
}

function closedTools({ events }: Replay): unknown[] {
  const tools: { start: unknown; json: string; closed: boolean }[] = [];
  let open: { start: unknown; json: string; closed: boolean } | undefined;
  for (const event of events) {
    if (event.type === 'content_block_start') {
      open =
        event.content_block.type === 'tool_use' ? { start: event.content_block, json: '', closed: false } : undefined;
      if (open !== undefined) tools.push(open);
    } else if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta' && open !== undefined) {
      open.json += event.delta.partial_json;
    } else if (event.type === 'content_block_stop' && open !== undefined) {
      open.closed = true;
    }
  }
  return tools.filter((tool) => tool.closed);
}

describe('the official SDK reads the same message', () => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const golden = cases.find(({ name }) => name === request.headers.get('x-case'));
      return new Response(golden?.client, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
    },
  });
  afterAll(() => server.stop(true));
  const sdk = new Anthropic({ baseURL: server.url.origin, apiKey: 'none', maxRetries: 0 });

  test.each(cases)('$name', async (golden) => {
    const { events, error } = replay(golden, [bytesOf(golden.upstream)]);
    const stream = sdk.beta.messages.stream(
      { model: 'any', max_tokens: 1, messages: [{ role: 'user', content: 'any' }] },
      { headers: { 'x-case': golden.name } },
    );
    if (error !== undefined) {
      await expect(stream.finalMessage()).rejects.toThrow(error.message.slice(0, 20));
      return;
    }
    if (golden.name === brokenArguments) {
      await expect(stream.finalMessage()).rejects.toThrow('Unable to parse tool parameter JSON');
      expect(() => foldAll(events)).toThrow('arguments that are not a JSON object');
      return;
    }
    const message = await stream.finalMessage();
    const { content, usage, ...expected } = foldAll(events);
    expect(message).toMatchObject({ ...expected, model: golden.request.model });
    // A call that was left open is half there for the SDK and not at all for us.
    expect(JSON.parse(JSON.stringify(message.content.slice(0, content.length)))).toEqual(content);
    const { input_tokens, output_tokens, cache_read_input_tokens, output_tokens_details } = usage;
    expect(message.usage).toMatchObject({
      input_tokens,
      output_tokens,
      cache_read_input_tokens,
      output_tokens_details,
    });
  });
});
