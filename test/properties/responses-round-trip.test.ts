import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { MessageFold } from '../../src/messages/fold-events.ts';
import { openResponsesStream } from '../../src/providers/openai-responses/stream.ts';
import type { InputItem } from '../../src/providers/openai-responses/wire.ts';
import { buildResponses, contextFor, customTool, parsed, targetFor } from '../build-responses-request.ts';
import type { Block, Message } from './conversations.ts';
import { answers, functionNames, type OutputItem, streamOf } from './responses-answers.ts';

// What a model of the Responses API has said goes through the proxy to a client and comes back: reasoning, phases, texts,
// calls and searches as they were, each at its place.

const around = { model: 'gpt-5.3-codex' };
const functions = functionNames.map((name) => customTool(name));
const search = { type: 'web_search_20260318', name: 'web_search' };

const conversation = fc.record({
  model: answers,
  display: fc.constantFrom('summarized', 'omitted'),
  /** How many characters come at a time. */
  step: fc.integer({ min: 1, max: 40 }),
  /** In which order the tools finish. */
  ranks: fc.array(fc.nat(9), { minLength: 1, maxLength: 7 }),
});
type Conversation = typeof conversation extends fc.Arbitrary<infer T> ? T : never;

/** The request for the next answer, with what all requests of the conversation have in common. */
function requestOf({ model, display }: Conversation, messages: readonly Message[]): object {
  const tools = model.searches ? [...functions, search] : functions;
  return { messages, tools, thinking: { type: 'adaptive', display } };
}

/** The messages of the whole conversation, as Claude Code holds them after the last answer. */
function messagesOf(conversation: Conversation): readonly Message[] {
  const messages: Message[] = [{ role: 'user', content: 'Go.' }];
  for (const items of conversation.model.answers) {
    const stream = openResponsesStream(
      parsed(requestOf(conversation, messages)),
      targetFor(around),
      contextFor(around),
    );
    const fold = new MessageFold();
    for (const event of streamOf(items, conversation.step)) for (const said of stream.push(event)) fold.add(said);
    expect(stream.state).toBe('complete');
    const content = fold.content.map(echoed);
    messages.push({ role: 'assistant', content }, { role: 'user', content: answerTo(content, conversation.ranks) });
  }
  return messages;
}

/** Claude Code keeps thinking as it is, and drops citations. */
function echoed(block: object): Block {
  const { citations: _, ...kept } = { citations: null, ...block };
  return { type: 'unknown', ...kept };
}

function answerTo(content: readonly Block[], ranks: readonly number[]): readonly Block[] {
  const results = content
    .filter(({ type }) => type === 'tool_use')
    .map(({ id }, at) => ({
      rank: ranks[at % ranks.length] ?? 0,
      block: { type: 'tool_result', tool_use_id: id, content: 'Done.' },
    }));
  return [...results.toSorted((a, b) => a.rank - b.rank).map(({ block }) => block), { type: 'text', text: 'Go on.' }];
}

/** An item as it must come back: without what means nothing where nothing is stored. */
function returned(item: OutputItem): object {
  const { id: _, ...rest } = item;
  if (rest.type === 'function_call') return { ...rest, name: writtenName(rest.name) };
  if (rest.type !== 'message') return rest;
  return { ...rest, content: rest.content.map(({ type, text }) => ({ type, text })) };
}

const written = buildResponses({ tools: functions }, around).body.tools ?? [];

/** The generated names are the client's; the model knows them as they were written for it, and may use both. */
function writtenName(name: string): string {
  const tool = written[functions.findIndex((one) => one.name === name)];
  return tool !== undefined && 'name' in tool ? tool.name : name;
}

function isOfModel(item: InputItem): boolean {
  if (item.type === 'message') return 'role' in item && item.role === 'assistant';
  return item.type !== 'function_call_output';
}

test('a conversation of any length comes back item by item', () => {
  fc.assert(
    fc.property(conversation, (conversation) => {
      const { body, losses } = buildResponses(requestOf(conversation, messagesOf(conversation)), around);
      expect<unknown>(body.input.filter(isOfModel)).toEqual(conversation.model.answers.flat().map(returned));
      expect(losses).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('every call is followed by the results of its turn, in the order of the calls', () => {
  fc.assert(
    fc.property(conversation, (conversation) => {
      const { body } = buildResponses(requestOf(conversation, messagesOf(conversation)), around);
      const idsOf = (type: InputItem['type']) =>
        body.input.flatMap((item) => (item.type === type && 'call_id' in item ? [item.call_id] : []));
      expect(idsOf('function_call_output')).toEqual(idsOf('function_call'));
    }),
    { numRuns: 100 },
  );
});

test('each request begins with the bytes of the one before it', () => {
  fc.assert(
    fc.property(conversation, (conversation) => {
      const messages = messagesOf(conversation);
      const inputOf = (length: number) =>
        JSON.stringify(buildResponses(requestOf(conversation, messages.slice(0, length)), around).body.input);
      for (let length = 1; length + 2 <= messages.length; length += 2) {
        expect(inputOf(length + 2).startsWith(inputOf(length).slice(0, -1))).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
