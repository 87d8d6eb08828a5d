import fc from 'fast-check';
import type { SseEvent } from '../../src/providers/provider.ts';

// Answers of the Responses API as its models write them, made up at random, and the events they are streamed in.

export type OutputItem =
  | {
      readonly type: 'reasoning';
      readonly id: string;
      readonly summary: readonly SummaryPart[];
      readonly encrypted_content: string;
    }
  | {
      readonly type: 'message';
      readonly id: string;
      readonly role: 'assistant';
      readonly phase?: string;
      readonly content: readonly OutputText[];
    }
  | {
      readonly type: 'function_call';
      readonly id: string;
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | { readonly type: 'web_search_call'; readonly id: string; readonly status: string; readonly action: object };

interface SummaryPart {
  readonly type: 'summary_text';
  readonly text: string;
}
interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly object[];
}

export const functionNames = ['Bash', 'Read', `mcp__${'server'.repeat(12)}__tool`] as const;

const words = fc.oneof(
  fc.constantFrom('Hello.', ' and', '\n\n', 'x-anthropic-billing-header: no', '<think>'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
);
const said = words.filter((text) => text.trim() !== '');
const input = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });

const reasoning = fc.record({
  kind: fc.constant('reasoning' as const),
  parts: fc.array(said, { maxLength: 3 }),
  encrypted: fc.base64String({ minLength: 4, maxLength: 40 }),
});
const message = fc.record({
  kind: fc.constant('message' as const),
  parts: fc.array(said, { minLength: 1, maxLength: 3 }),
});
const call = fc.record({ kind: fc.constant('call' as const), name: fc.constantFrom(...functionNames), input });
const search = fc.record({ kind: fc.constant('search' as const), query: said, opened: fc.boolean() });

/** Items between which reasoning stands or does not; the last is never reasoning, which could not go back. */
const plan = fc.record({
  begun: fc.array(fc.oneof(reasoning, message, call, search), { maxLength: 6 }),
  last: fc.oneof(message, call),
  phases: fc.boolean(),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** What a model answers to the requests of one conversation, in their order, and whether the search is offered in it. */
export interface Answers {
  readonly searches: boolean;
  readonly answers: readonly (readonly OutputItem[])[];
}

export const answers: fc.Arbitrary<Answers> = fc
  .record({ searches: fc.boolean(), plans: fc.array(plan, { minLength: 1, maxLength: 4 }) })
  .map(({ searches, plans }) => ({
    searches,
    answers: plans.map((plan, turn) => itemsOf(plan, turn, searches)),
  }));

function itemsOf({ begun, last, phases }: Plan, turn: number, searches: boolean): readonly OutputItem[] {
  const items: OutputItem[] = [];
  for (const [at, one] of [...begun, last].entries()) {
    const id = `${turn}_${at}`;
    switch (one.kind) {
      case 'reasoning':
        items.push({
          type: 'reasoning',
          id: `rs_${id}`,
          summary: one.parts.map((text) => ({ type: 'summary_text', text })),
          encrypted_content: `${id}${one.encrypted}`,
        });
        break;
      case 'message': {
        // Older models tell no phase, and what they say in a row is one message.
        if (!phases && items.at(-1)?.type === 'message') break;
        const phase = phases ? { phase: at === begun.length ? 'final_answer' : 'commentary' } : {};
        // A text that cites pages is one part.
        const texts = searches ? [one.parts.join('')] : one.parts;
        items.push({
          type: 'message',
          id: `msg_${id}`,
          role: 'assistant',
          ...phase,
          content: texts.map((text) => partOf(text, searches)),
        });
        break;
      }
      case 'call':
        items.push({
          type: 'function_call',
          id: `fc_${id}`,
          call_id: `call_${id}`,
          name: one.name,
          arguments: JSON.stringify(one.input),
        });
        break;
      case 'search':
        if (!searches) break;
        items.push({
          type: 'web_search_call',
          id: `ws_${id}`,
          status: 'completed',
          action: one.opened
            ? { type: 'open_page', url: `https://example.com/${id}` }
            : { type: 'search', query: one.query, sources: [{ type: 'url', url: `https://example.com/${id}` }] },
        });
        break;
    }
  }
  return items;
}

function partOf(text: string, cites: boolean): OutputText {
  const end = Math.ceil(text.length / 2);
  const citation = {
    type: 'url_citation',
    start_index: 0,
    end_index: end,
    url: 'https://example.com/0_0',
    title: 'A page',
  };
  return { type: 'output_text', text, annotations: cites ? [citation] : [] };
}

/** The events of an answer; `step` is how many characters come at a time. */
export function streamOf(items: readonly OutputItem[], step: number): readonly SseEvent[] {
  const events: object[] = [{ type: 'response.created', response: { status: 'in_progress' } }];
  for (const [index, item] of items.entries()) events.push(...eventsOf(item, index, step));
  events.push({ type: 'response.completed', response: { status: 'completed', output: items } });
  return events.map((event) => ({
    event: 'type' in event ? String(event.type) : undefined,
    data: JSON.stringify(event),
  }));
}

function eventsOf(item: OutputItem, index: number, step: number): readonly object[] {
  const at = { output_index: index, item_id: item.id };
  const done = { type: 'response.output_item.done', output_index: index, item };
  const added = (beginning: object) => ({ type: 'response.output_item.added', output_index: index, item: beginning });
  switch (item.type) {
    case 'reasoning':
      return [
        // What is encrypted so far is not what it will be.
        added({ ...item, summary: [], encrypted_content: item.encrypted_content.slice(0, 3) }),
        ...item.summary.flatMap(({ text }, part) => [
          ...pieces(text, step).map((delta) => ({
            type: 'response.reasoning_summary_text.delta',
            ...at,
            summary_index: part,
            delta,
          })),
          { type: 'response.reasoning_summary_text.done', ...at, summary_index: part, text },
        ]),
        done,
      ];
    case 'message':
      return [
        added({ ...item, content: [] }),
        ...item.content.flatMap((part, content_index) => {
          const half = Math.ceil(part.text.length / 2);
          const deltas = (text: string) =>
            pieces(text, step).map((delta) => ({ type: 'response.output_text.delta', ...at, content_index, delta }));
          return [
            ...deltas(part.text.slice(0, half)),
            ...part.annotations.map((annotation, annotation_index) => ({
              type: 'response.output_text.annotation.added',
              ...at,
              content_index,
              annotation_index,
              annotation,
            })),
            ...deltas(part.text.slice(half)),
            { type: 'response.output_text.done', ...at, content_index, text: part.text },
            { type: 'response.content_part.done', ...at, content_index, part },
          ];
        }),
        done,
      ];
    case 'function_call':
      return [
        added({ ...item, arguments: '' }),
        ...pieces(item.arguments, step).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          ...at,
          delta,
        })),
        { type: 'response.function_call_arguments.done', ...at, arguments: item.arguments },
        done,
      ];
    case 'web_search_call':
      return [
        added({ ...item, status: 'in_progress', action: undefined }),
        { type: 'response.web_search_call.searching', ...at },
        done,
      ];
  }
}

function pieces(text: string, step: number): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += step) found.push(text.slice(at, at + step));
  return found;
}
