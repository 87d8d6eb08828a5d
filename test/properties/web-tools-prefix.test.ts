import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { offerHostedTools } from '../../src/emulation/offer-hosted-tools.ts';
import { outcomeOf } from '../../src/emulation/tool-use.ts';
import { WovenMessage } from '../../src/emulation/woven-message.ts';
import { EventWriter } from '../../src/messages/event-writer.ts';
import type { Message, MessageEvent, MessagesRequest } from '../../src/messages/types.ts';
import { closingUsage, openingUsage } from '../../src/translation/answer-usage.ts';
import { MessagesGrammar } from '../messages-grammar.ts';

// What the upstream is sent in the middle of an answer must be the beginning of what it is sent afterwards, and in all
// later requests, made of what the client brings back.

type Piece =
  | { readonly kind: 'text'; readonly pieces: readonly string[] }
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'search'; readonly results: number };

const words = fc.constantFrom(
  'Bun',
  ' is',
  ' out',
  '.',
  ' ',
  '\n\n',
  '[cite:1]',
  ' [cite:2]',
  '[cite:1, 3]',
  '[ci',
  'te:2]',
  '[x]',
  '[cite:9]',
);
const text = fc.record({ kind: fc.constant('text' as const), pieces: fc.array(words, { minLength: 1, maxLength: 6 }) });
const thinking = fc.record({ kind: fc.constant('thinking' as const), text: fc.constantFrom('', 'Hm.') });
const search = fc.record({ kind: fc.constant('search' as const), results: fc.nat(3) });
const turn = fc.tuple(
  fc.array(fc.oneof(text, thinking), { maxLength: 3 }),
  fc.array(search, { minLength: 1, maxLength: 2 }),
);
const lastTurn = fc.array(fc.oneof(text, thinking), { maxLength: 4 });

const request: MessagesRequest = {
  model: 'm',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'What is new?' }],
  tools: [{ type: 'web_search_20250305', name: 'web_search' }],
};
const offered = offerHostedTools(request, () => ({ hostedTools: new Set() }));

/** One turn of the model as a dialect writes it. */
function eventsOf(pieces: readonly Piece[], turnIndex: number): readonly MessageEvent[] {
  const writer = new EventWriter({
    id: 'msg_1',
    model: 'm',
    usage: openingUsage(1, null),
    stopSequences: [],
    contextManaged: false,
    isKnownToolId: () => false,
    newToolId: () => 'toolu_never',
  });
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'text') for (const one of piece.pieces) writer.text(one);
    else if (piece.kind === 'thinking') {
      writer.thinking(piece.text);
      writer.endThinking(`signed ${turnIndex}.${index}`);
    } else {
      const tool = writer.beginTool();
      writer.identifyTool(tool, { id: `call_${turnIndex}_${index}`, name: 'web_search' });
      writer.toolInput(tool, '{"query":"q"}');
      writer.endTool(tool);
    }
  }
  const usage = closingUsage(undefined, { input: 1, output: 1 });
  const searches = pieces.some(({ kind }) => kind === 'search');
  writer.finish({ stopReason: searches ? 'tool_use' : 'end_turn', usage, cut: false });
  return writer.take();
}

function upstreamMessages(content: Message['content'] | undefined): readonly Message[] {
  const messages = content === undefined ? [] : [{ role: 'assistant', content } as const];
  const all = { ...request, messages: [...request.messages, ...messages] };
  return offerHostedTools(all, () => ({ hostedTools: new Set() })).request.messages;
}

/** What the model has written as text, in one turn of it. */
function writtenText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === 'text' ? piece.pieces.join('') : '')).join('');
}

test('each turn of an answer begins with what the one before it was sent, and so does what comes back of it', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 3 }), lastTurn, (turns, last) => {
      const message = new WovenMessage({
        model: 'm',
        results: new Map(),
        cites: true,
        newId: (prefix) => `${prefix}new`,
      });
      const grammar = new MessagesGrammar();
      const heard = (events: readonly MessageEvent[]) => {
        for (const event of events) grammar.add(event);
      };
      const sent = [JSON.stringify(upstreamMessages(undefined))];
      const all: (readonly Piece[])[] = [...turns.map(([said, searches]) => [...said, ...searches]), last];
      for (const [index, pieces] of all.entries()) {
        message.beginTurn();
        heard(message.translate(eventsOf(pieces, index), offered.tools));
        for (const [place, call] of message.takeCalls().entries()) {
          const piece = turns[index]?.[1][place];
          const hits = Array.from({ length: piece?.results ?? 0 }, (_, at) => ({
            url: `https://${index}-${at}.example/`,
            title: 'T',
            excerpt: 'x',
            pageAge: undefined,
          }));
          heard(message.addOutcome(call, outcomeOf(call, { kind: 'results', hits }, message.nextNumber)));
        }
        expect(message.turnEnd).toBe(index < turns.length ? 'goes on' : 'is over');
        sent.push(JSON.stringify(upstreamMessages(message.content)));
      }
      heard(message.finish());
      expect(grammar.complete).toBe(true);
      for (const [index, body] of sent.entries()) expect(body).toStartWith((sent[index - 1] ?? '[').slice(0, -1));

      // The model reads what it has written, but for blanks that no block is made of.
      const read = upstreamMessages(message.content)
        .filter(({ role }) => role === 'assistant')
        .map(({ content }) =>
          typeof content === 'string'
            ? content
            : content.map((block) => (block.type === 'text' ? String(block.text) : '')).join(''),
        );
      const blankless = (written: string) => written.replaceAll(/\s/g, '');
      expect(blankless(read.join(''))).toBe(blankless(all.map(writtenText).join('')));
    }),
    { numRuns: 1000 },
  );
});
