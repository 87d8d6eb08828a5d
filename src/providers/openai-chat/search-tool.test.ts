import { describe, expect, test } from 'bun:test';
import { buildChat, customTool, functionsIn, targetFor } from '../../../test/build-chat-request.ts';
import { parsed } from '../../../test/built-request.ts';
import { openaiChat } from './index.ts';

const openrouter = { profile: 'openrouter', model: 'qwen/qwen3-coder' } as const;
const search = (more: object = {}) => ({ type: 'web_search_20250305', name: 'web_search', ...more });

test("a search of the web is OpenRouter's own there, behind the functions", () => {
  const location = { type: 'approximate', city: 'Bern', country: 'CH', region: null };
  const wishes = { allowed_domains: ['a.example'], user_location: location };
  const { body, lost } = buildChat({ tools: [search(wishes), customTool('Read')] }, openrouter);
  expect(body.tools?.at(-1)).toEqual({
    type: 'openrouter:web_search',
    parameters: {
      allowed_domains: ['a.example'],
      user_location: { type: 'approximate', city: 'Bern', country: 'CH' },
    },
  });
  expect(body.tools).toHaveLength(2);
  expect(lost).toEqual([]);
});

test('domains that are blocked, and how often it may search', () => {
  const { body, lost } = buildChat({ tools: [search({ blocked_domains: ['b.example'], max_uses: 3 })] }, openrouter);
  expect(body.tools).toEqual([{ type: 'openrouter:web_search', parameters: { excluded_domains: ['b.example'] } }]);
  expect(lost).toEqual(['tools.0.max_uses']);
});

describe('what is asked of it', () => {
  const choices: readonly [choice: object, line: boolean, offered: boolean][] = [
    [{ type: 'auto' }, false, true],
    [{ type: 'tool', name: 'web_search' }, true, true],
    [{ type: 'any' }, true, true],
    [{ type: 'none' }, false, false],
  ];
  test.each(choices)('%j', (tool_choice, line, offered) => {
    const { body, lost } = buildChat({ tools: [search()], tool_choice }, openrouter);
    expect(body.tool_choice).toBeUndefined();
    expect(JSON.stringify(body.messages).includes('Search the web before you answer.')).toBe(line);
    expect(body.tools !== undefined).toBe(offered);
    expect(lost).toEqual([]);
  });

  test('a call of any tool may be a function, which can be forced', () => {
    const { body } = buildChat({ tools: [search(), customTool('Read')], tool_choice: { type: 'any' } }, openrouter);
    expect(body.tool_choice).toBe('required');
  });
});

test('a server without a search lists the loss, and the model is told', () => {
  const built = buildChat({ tools: [search(), customTool('Read')] }, { profile: 'groq', model: 'llama' });
  expect(functionsIn(built).map(({ name }) => name)).toEqual(['Read']);
  expect(built.lost).toEqual(['tools.0']);
  expect(JSON.stringify(built.body.messages)).toContain('Web search is not available');
});

test('what a server does by itself', () => {
  const abilities = (around: object, more: object = {}) => [
    ...openaiChat.abilitiesOf(parsed({ tools: [search()], ...more }), targetFor(around), { repairs: [] }).hostedTools,
  ];
  expect(abilities(openrouter)).toEqual(['web_search']);
  // What may not be used for once is not to become a function that was not there before.
  expect(abilities(openrouter, { tool_choice: { type: 'none' } })).toEqual(['web_search']);
  expect(abilities({ profile: 'groq', model: 'llama' })).toEqual([]);
  expect(abilities({ model: 'gpt-4.1' })).toEqual([]);
});
