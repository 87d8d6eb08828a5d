import { afterEach, describe, expect, test } from 'bun:test';
import { isRecord } from '../../src/messages/json.ts';
import { providerFor } from '../../src/providers/registry.ts';
import type { RawCall } from './raw-upstream.ts';
import { ask, errorOf, framesOf, readerOf, serverOn, stopTestServers } from './test-server.ts';

afterEach(stopTestServers);

/** The server before an upstream with the rules of OpenAI's own. */
function openaiServerOn(model: string, onCall: (call: RawCall, number: number) => void) {
  const env = { BIG_MODEL: model, OPENAI_PROFILE: 'openai' };
  return serverOn(onCall, { registry: providerFor, env });
}

const pathOf = ({ head }: RawCall) => head.split(' ', 2)[1];
const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const text = (delta: string) => event('response.output_text.delta', { output_index: 0, content_index: 0, delta });
const response = (status: string, more: object) => event(`response.${status}`, { response: { status, ...more } });

function answerAs(api: string | undefined, call: RawCall): void {
  if (api === '/responses') call.whole(text('fine') + response('completed', { output: [] }));
  else {
    const choices = [{ index: 0, delta: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }];
    call.whole(`data: ${JSON.stringify({ choices })}\n\ndata: [DONE]\n\n`);
  }
}

function refuse(call: RawCall, status: number, error: object): void {
  call.whole(JSON.stringify({ error: { type: 'invalid_request_error', ...error } }), {
    status,
    type: 'application/json',
  });
}

describe("the other of OpenAI's two APIs", () => {
  test.each([
    [
      'Responses, which the server does not have',
      'gpt-5',
      '/responses',
      (call: RawCall) => call.whole('404 page not found', { status: 404, type: 'text/plain' }),
    ],
    [
      'Chat Completions, where the model is not available',
      'model-of-tomorrow',
      '/chat/completions',
      (call: RawCall) =>
        refuse(call, 404, { message: 'This model is only supported in v1/responses and not in v1/chat/completions.' }),
    ],
  ])('is taken instead of %s, and at once from then on', async (_name, model, refused, say) => {
    const { server, upstream } = await openaiServerOn(model, (call) =>
      pathOf(call) === refused ? say(call) : answerAs(pathOf(call), call),
    );
    for (let n = 0; n < 2; n += 1) {
      const answer = await server.post(ask());
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('fine');
    }
    const [first, ...others] = upstream.calls.map(pathOf);
    expect(first).toBe(refused);
    expect(new Set(others).size).toBe(1);
    expect(others).toHaveLength(2);
  });

  test('is no way out where both refuse, and the user is told what to look at', async () => {
    const { server, upstream } = await openaiServerOn('gpt-5', (call) => call.whole('', { status: 404 }));
    const answer = await server.post(ask());
    expect((await errorOf(answer)).message).toContain('/chat/completions');
    expect(upstream.calls).toHaveLength(2);
  });
});

describe('reasoning that the upstream cannot read', () => {
  test('is left out once and for all, and what is thought later goes back', async () => {
    const reasoned = (encrypted: string) =>
      event('response.output_item.done', {
        output_index: 0,
        item: { type: 'reasoning', id: 'rs', summary: [], encrypted_content: encrypted },
      }) +
      event('response.output_item.done', {
        output_index: 1,
        item: { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'fine' }] },
      }) +
      response('completed', {});
    let readable: string | undefined;
    const { server, upstream } = await openaiServerOn('gpt-5', (call) => {
      const lost = encryptedIn(call).some((encrypted) => encrypted !== readable);
      if (lost)
        refuse(call, 400, {
          message: 'The encrypted content could not be verified.',
          code: 'invalid_encrypted_content',
        });
      else call.whole(reasoned(readable ?? 'of the old account'));
    });
    const turns: object[] = [];
    const goOn = async () => {
      turns.push({ role: 'user', content: 'Go on.' });
      const answer = await server.post(ask({ stream: false, thinking: { type: 'adaptive' }, messages: turns }));
      expect(answer.status).toBe(200);
      const body: unknown = await answer.json();
      turns.push({ role: 'assistant', content: isRecord(body) ? body.content : undefined });
    };
    await goOn();
    readable = 'of the new account';
    await goOn();
    await goOn();
    await goOn();
    expect(upstream.calls.map(encryptedIn)).toEqual([
      [],
      ['of the old account'],
      [],
      ['of the new account'],
      ['of the new account', 'of the new account'],
    ]);
  });
});

function encryptedIn({ body }: RawCall): string[] {
  const { input }: { input: unknown[] } = JSON.parse(body);
  return input.flatMap((item) =>
    isRecord(item) && item.type === 'reasoning' && typeof item.encrypted_content === 'string'
      ? [item.encrypted_content]
      : [],
  );
}

describe('a failure in a stream of status 200', () => {
  const overflow = response('failed', {
    error: { code: 'context_length_exceeded', message: 'Your input exceeds the context window of this model.' },
  });

  test('before anything was said is an answer with the status that it should have had', async () => {
    const { server } = await openaiServerOn('gpt-5', (call) => call.whole(response('created', {}) + overflow));
    const answer = await server.post(ask());
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toMatch(/^prompt is too long: 272001 tokens > 272000 maximum/);
  });

  test('later is an event, and no block is closed that was open', async () => {
    const { server, upstream } = await openaiServerOn('gpt-5', (call) => {
      call.answer();
      call.chunk(text('One'));
    });
    const reader = readerOf(await server.post(ask()));
    await reader.until('text_delta');
    upstream.calls[0]?.chunk(response('failed', { error: { code: 'server_error', message: 'It broke.' } }));
    upstream.calls[0]?.end();
    const frames = framesOf(await reader.rest()).filter(({ event }) => event !== 'ping');
    expect(frames.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'error',
    ]);
  });
});
