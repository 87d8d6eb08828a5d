import { expect, test } from 'bun:test';
import type { MessagesRequest } from '../messages/types.ts';
import { type NameRule, toolNameReader, toolNamesOf } from './tool-names.ts';

const rule: NameRule = { accepted: /^[a-zA-Z0-9_-]{1,64}$/, wrongCharacters: /[^a-zA-Z0-9_-]/g, maxLength: 64 };
const namesOf = (request: MessagesRequest) => toolNamesOf(request, rule);
const readerOf = (request: MessagesRequest) => toolNameReader(request, rule);

function requestWith(names: readonly string[], called: readonly string[] = []): MessagesRequest {
  return {
    model: 'm',
    max_tokens: 1,
    messages: [{ role: 'assistant', content: called.map((name) => ({ type: 'tool_use', id: name, name, input: {} })) }],
    tools: names.map((name) => ({ name, input_schema: { type: 'object' as const } })),
  };
}

const long = `mcp__${'server'.repeat(10)}__list_issues`;
const longer = `${long}_of_the_other_kind`;

test('names that are acceptable stay as they are', () => {
  const names = namesOf(requestWith(['Bash', 'mcp__a__b', 'x'.repeat(64)]));
  for (const name of ['Bash', 'mcp__a__b', 'x'.repeat(64)]) {
    expect(names.write(name)).toBe(name);
    expect(names.read(name)).toBe(name);
  }
});

test('names that are too long or hold other characters become acceptable, and come back', () => {
  const awkward = [long, longer, 'a.b/c', 'ünï côdé', 'y'.repeat(100), ''];
  const names = namesOf(requestWith(awkward));
  const written = awkward.map(names.write);
  for (const name of written) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(new Set(written).size).toBe(awkward.length);
  expect(written.map(readerOf(requestWith(awkward)))).toEqual(awkward);
});

test('the same name is written the same whatever stands around it', () => {
  const alone = namesOf(requestWith([long])).write(long);
  expect(namesOf(requestWith(['Bash', longer, long], [longer])).write(long)).toBe(alone);
  expect(namesOf(requestWith([], [long])).write(long)).toBe(alone);
});

test('a tool that is really called what another would be shortened to keeps its name', () => {
  const clash = namesOf(requestWith([long])).write(long);
  const names = namesOf(requestWith([long, clash]));
  expect(names.write(clash)).toBe(clash);
  expect(names.read(clash)).toBe(clash);
  expect(names.write(long)).not.toBe(clash);
  expect(names.read(names.write(long))).toBe(long);
});

test('a name known only from the history or from a tool_addition is read back too', () => {
  const added: MessagesRequest = {
    ...requestWith([], [long]),
    messages: [
      {
        role: 'system',
        content: [
          {
            type: 'tool_addition',
            tool: { type: 'tool_definition', definition: { name: longer, input_schema: { type: 'object' } } },
          },
        ],
      },
    ],
  };
  expect(readerOf(requestWith([], [long]))(namesOf(requestWith([long])).write(long))).toBe(long);
  expect(readerOf(added)(namesOf(added).write(longer))).toBe(longer);
});

test('a name the model made up passes through', () => {
  expect(readerOf(requestWith([long]))('Bsah')).toBe('Bsah');
});
