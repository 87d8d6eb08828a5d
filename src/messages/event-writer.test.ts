import { describe, expect, test } from 'bun:test';
import { MessagesGrammar } from '../../test/messages-grammar.ts';
import { type AnswerHead, type Ending, EventWriter } from './event-writer.ts';
import type { MessageEvent } from './types.ts';

const usage = {
  input_tokens: 10,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 5,
  output_tokens_details: null,
  server_tool_use: null,
  iterations: null,
  fallback_credit: null,
};
const ending: Ending = { stopReason: 'end_turn', usage, cut: false };

function newWriter(head: Partial<AnswerHead> = {}): EventWriter {
  let ids = 0;
  return new EventWriter({
    id: 'msg_1',
    model: 'claude-x',
    usage: { ...usage, cache_creation: null, service_tier: null, inference_geo: null, speed: null },
    stopSequences: [],
    contextManaged: false,
    isKnownToolId: () => false,
    newToolId: () => {
      ids += 1;
      return `toolu_${ids}`;
    },
    ...head,
  });
}

/** Events in short: `[text`, the deltas' words, `]`, `end_turn`. */
function brief(events: readonly MessageEvent[]): string {
  const words: string[] = [];
  for (const event of events) {
    if (event.type === 'content_block_start') {
      const { content_block: block } = event;
      words.push(block.type === 'tool_use' ? `[${block.id}:${block.name}` : `[${block.type}`);
    } else if (event.type === 'content_block_delta') {
      const { delta } = event;
      if (delta.type === 'text_delta') words.push(delta.text);
      else if (delta.type === 'thinking_delta') words.push(delta.thinking);
      else if (delta.type === 'input_json_delta') words.push(delta.partial_json);
      else if (delta.type === 'signature_delta') words.push(`signed:${delta.signature}`);
    } else if (event.type === 'content_block_stop') words.push(']');
    else if (event.type === 'message_delta') words.push(`${event.delta.stop_reason}`);
  }
  return words.join(' ');
}

/** Everything a writer says, in short, its grammar checked. */
function written(
  write: (writer: EventWriter) => void,
  head: Partial<AnswerHead> = {},
  end: Partial<Ending> = {},
): string {
  const writer = newWriter(head);
  write(writer);
  writer.finish({ ...ending, ...end });
  const events = writer.take();
  const grammar = new MessagesGrammar();
  for (const event of events) grammar.add(event);
  expect(grammar.complete).toBe(true);
  return brief(events);
}

describe('blocks', () => {
  test('nothing is written before there is something to show', () => {
    const writer = newWriter();
    writer.text('\n \n');
    const call = writer.beginTool();
    writer.toolInput(call, '{"path":"a"}');
    expect(writer.take()).toEqual([]);
    writer.identifyTool(call, { name: 'Read' });
    expect(brief(writer.take())).toBe('[toolu_1:Read {"path":"a"}');
  });

  test('thinking, text and tools follow one another', () => {
    const said = written((writer) => {
      writer.thinking('hm');
      writer.thinking('m');
      writer.endThinking('s1');
      writer.text('Hello');
      writer.text(' there');
      writer.thinking('');
      writer.endThinking('s2');
      writer.whole({ type: 'redacted_thinking', data: 'x' });
      writer.text('Bye');
    });
    expect(said).toBe(
      '[thinking hm m signed:s1 ] [text Hello  there ] [thinking signed:s2 ] [redacted_thinking ] [text Bye ] end_turn',
    );
  });

  test("a server tool's call is told as other calls are: its input in a delta", () => {
    const block = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'bun' } } as const;
    expect(written((writer) => writer.whole(block))).toBe('[server_tool_use {"query":"bun"} ] end_turn');
  });

  test('text that rests on something is a block of its own, and what it rests on is told in it', () => {
    const citation = {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: 'A',
      cited_text: 'So it is.',
      encrypted_index: '0',
    } as const;
    const writer = newWriter();
    writer.text('They say: ');
    writer.endText([]);
    writer.text('So it ');
    writer.text('is.');
    writer.endText([citation]);
    writer.endText([citation]);
    writer.text(' Well.');
    writer.finish(ending);
    const events = writer.take();
    expect(brief(events)).toBe('[text They say:  ] [text So it  is. ] [text  Well. ] end_turn');
    expect(events.filter((event) => event.type === 'content_block_delta' && event.index === 1).at(-1)).toEqual({
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'citations_delta', citation },
    });
    expect(JSON.stringify(events).match(/citations_delta/g)).toHaveLength(1);
  });

  test('text that waits behind a call keeps its blocks apart', () => {
    const said = written((writer) => {
      const tool = writer.beginTool();
      writer.text('one');
      writer.endText([]);
      writer.text('two');
      writer.identifyTool(tool, { id: 'a', name: 'Read' });
      writer.toolInput(tool, '{}');
      writer.endTool(tool);
    });
    expect(said).toBe('[a:Read {} ] [text one ] [text two ] end_turn');
  });

  test('what is told late has its place, and all behind it waits for that', () => {
    const block = { type: 'redacted_thinking', data: 'x' } as const;
    const writer = newWriter();
    writer.text('Let me look.');
    const place = writer.reserve();
    writer.text('Found');
    writer.text(' it.');
    expect(brief(writer.take())).toBe('[text Let me look. ]');
    writer.fill(place, [block, block]);
    writer.text(' So.');
    writer.finish(ending);
    expect(brief(writer.take())).toBe('[redacted_thinking ] [redacted_thinking ] [text Found it.  So. ] end_turn');
    expect(() => writer.fill(place, [block])).toThrow('EventWriter');
  });

  test('a place for which nothing comes holds nothing back at the end', () => {
    const said = written((writer) => {
      writer.reserve();
      writer.text('one');
      writer.fill(writer.reserve(), []);
      writer.text('two');
    });
    expect(said).toBe('[text one ] [text two ] end_turn');
  });

  test('a stop sequence is found in text that has waited, and nothing behind it is said', () => {
    const writer = newWriter({ stopSequences: ['END'] });
    const place = writer.reserve();
    writer.text('one END two');
    const later = writer.reserve();
    expect(writer.stopSequence).toBeUndefined();
    writer.fill(place, []);
    expect(writer.stopSequence).toBe('END');
    writer.fill(later, [{ type: 'redacted_thinking', data: 'x' }]);
    writer.finish(ending);
    expect(brief(writer.take())).toBe('[text one  ] stop_sequence');
  });

  test('an answer without content is still a whole message', () => {
    expect(written(() => undefined)).toBe('end_turn');
    expect(written((writer) => writer.text('  \n'))).toBe('end_turn');
  });
});

describe('tool calls', () => {
  test('interleaved calls: the first streams, the second waits until the first is whole', () => {
    const writer = newWriter();
    const a = writer.beginTool();
    writer.identifyTool(a, { id: 'a', name: 'Read' });
    writer.toolInput(a, '{"x":');
    const b = writer.beginTool();
    writer.identifyTool(b, { id: 'b', name: 'Bash' });
    writer.toolInput(b, '{"y":');
    expect(brief(writer.take())).toBe('[a:Read {"x":');
    writer.toolInput(a, '"}"}');
    writer.toolInput(b, '2');
    expect(brief(writer.take())).toBe('"}"} ] [b:Bash {"y": 2');
    writer.toolInput(b, '}');
    writer.finish({ ...ending, stopReason: 'tool_use' });
    expect(brief(writer.take())).toBe('} ] tool_use');
  });

  test('a call whose arguments only look whole is not closed', () => {
    const writer = newWriter();
    const a = writer.beginTool();
    writer.identifyTool(a, { id: 'a', name: 'Read' });
    writer.toolInput(a, '{"x":"{}');
    writer.text('Text');
    expect(brief(writer.take())).toBe('[a:Read {"x":"{}');
    writer.toolInput(a, '"}');
    expect(brief(writer.take())).toBe('"} ] [text Text');
  });

  test('a call that the upstream calls whole is closed at once, whatever its arguments are', () => {
    const writer = newWriter();
    const a = writer.beginTool();
    writer.identifyTool(a, { id: 'a', name: 'Read' });
    writer.toolInput(a, '{broken');
    writer.endTool(a);
    expect(brief(writer.take())).toBe('[a:Read {broken ]');
  });

  test('cut off, a half call stays open and what waited behind it is not written', () => {
    const said = written(
      (writer) => {
        const a = writer.beginTool();
        writer.identifyTool(a, { id: 'a', name: 'Read' });
        writer.toolInput(a, '{"x":');
        const b = writer.beginTool();
        writer.identifyTool(b, { id: 'b', name: 'Bash' });
        writer.toolInput(b, '{}');
      },
      {},
      { stopReason: 'max_tokens', cut: true },
    );
    expect(said).toBe('[a:Read {"x": max_tokens');
  });

  test('cut off right after its name, a call stays open: its arguments had not come', () => {
    const begin = (writer: EventWriter) => writer.identifyTool(writer.beginTool(), { id: 'a', name: 'Read' });
    expect(written(begin, {}, { stopReason: 'max_tokens', cut: true })).toBe('[a:Read max_tokens');
    expect(written(begin, {}, { stopReason: 'tool_use' })).toBe('[a:Read {} ] tool_use');
  });

  test('ids are made where they are missing, and anew where the conversation knows them', () => {
    const said = written(
      (writer) => {
        for (const id of ['old', 'new', 'new', undefined, '']) {
          const call = writer.beginTool();
          writer.identifyTool(call, { id, name: 'Read' });
          writer.toolInput(call, '{}');
          writer.endTool(call);
        }
      },
      { isKnownToolId: (id) => id === 'old' },
    );
    expect(said.match(/\[\w+/g)).toEqual(['[toolu_1', '[new', '[toolu_2', '[toolu_3', '[toolu_4']);
  });

  test('only so much is held back', () => {
    const writer = newWriter();
    const call = writer.beginTool();
    const piece = 'x'.repeat(1024 * 1024);
    expect(() => {
      for (let sent = 0; sent < 70; sent += 1) writer.toolInput(call, piece);
    }).toThrow('64 MiB');
  });
});

describe('stop sequences', () => {
  test('end the text where they begin; nothing behind them is written', () => {
    const writer = newWriter({ stopSequences: ['END'] });
    writer.text('one E');
    expect(brief(writer.take())).toBe('[text one ');
    writer.text('ND two');
    expect(writer.stopSequence).toBe('END');
    writer.text('three');
    writer.finish(ending);
    const events = writer.take();
    expect(brief(events)).toBe('] stop_sequence');
    expect(events).toContainEqual(
      expect.objectContaining({ delta: expect.objectContaining({ stop_sequence: 'END' }) }),
    );
  });

  test('are not looked for in thinking, tool input or across two blocks', () => {
    const said = written(
      (writer) => {
        writer.thinking('END');
        writer.endThinking('s');
        writer.text('E');
        const call = writer.beginTool();
        writer.identifyTool(call, { id: 'a', name: 'Read' });
        writer.toolInput(call, '{"x":"END"}');
        writer.text('ND');
      },
      { stopSequences: ['END'] },
    );
    expect(said).toBe('[thinking END signed:s ] [text E ] [a:Read {"x":"END"} ] [text ND ] end_turn');
  });

  test('are found in text that had to wait for a tool call', () => {
    const said = written(
      (writer) => {
        const call = writer.beginTool();
        writer.identifyTool(call, { id: 'a', name: 'Read' });
        writer.toolInput(call, '{"x":');
        writer.text('one END two');
        writer.toolInput(call, '1}');
      },
      { stopSequences: ['END'] },
    );
    expect(said).toBe('[a:Read {"x": 1} ] [text one  ] stop_sequence');
  });
});

test('an order that no stream may have is a fault of the caller and thrown', () => {
  const afterEnd = newWriter();
  afterEnd.finish(ending);
  expect(() => afterEnd.text('more')).toThrow('EventWriter');
  expect(() => afterEnd.finish(ending)).toThrow('EventWriter');

  const thinking = newWriter();
  expect(() => thinking.endThinking('s')).toThrow('EventWriter');
  thinking.thinking('hm');
  expect(() => thinking.text('text')).toThrow('EventWriter');
  expect(() => thinking.finish(ending)).toThrow('EventWriter');

  const tool = newWriter();
  const call = tool.beginTool();
  tool.identifyTool(call, { id: 'a', name: 'Read' });
  tool.endTool(call);
  expect(() => tool.toolInput(call, '{}')).toThrow('EventWriter');
});
