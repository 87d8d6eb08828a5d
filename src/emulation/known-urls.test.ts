import { describe, expect, test } from 'bun:test';
import type { Message } from '../messages/types.ts';
import { isKnownUrl, type UrlSources } from './known-urls.ts';

const url = 'https://docs.example/a/b?c=1';

function user(content: Message['content']): Message {
  return { role: 'user', content };
}

describe('an address in the words of the user', () => {
  test.each<[text: string, asked: string]>([
    [`Look at ${url}.`, url],
    [`(see ${url})`, url],
    [`[this](${url}), please`, url],
    [`<a href="${url}">`, url],
    [`**${url}**`, url],
    ['https://en.example/wiki/Bun_(food) is it', 'https://en.example/wiki/Bun_(food)'],
    ['https://docs.example/?a=1&amp;b=2', 'https://docs.example/?a=1&b=2'],
    ['read docs.example/start for me', 'https://docs.example/start'],
    ['HTTP://Docs.Example/Start', 'https://docs.example/Start'],
    [url, `${url}#part`],
    ['https://docs.example', 'https://docs.example/'],
  ])('%s: %s', (text, asked) => {
    expect(isKnownUrl(asked, [user(text)], {})).toBe(true);
    expect(isKnownUrl(asked, [user([{ type: 'text', text }])], {})).toBe(true);
  });

  test.each<[text: string, asked: string]>([
    [`Look at ${url}.`, 'https://docs.example/a/b?c=2'],
    [url, 'https://docs.example/a'],
    [url, 'https://docs.example.evil.example/a/b?c=1'],
    [url, 'https://docs.example:8443/a/b?c=1'],
    [url, 'https://someone@docs.example/a/b?c=1'],
    ['ftp://docs.example/a', 'ftp://docs.example/a'],
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['https://docs.example/Start', 'https://docs.example/start'],
  ])('%s: not %s', (text, asked) => {
    expect(isKnownUrl(asked, [user(text)], {})).toBe(false);
  });
});

const fetched = (address: string, data: string): Message => ({
  role: 'assistant',
  content: [
    {
      type: 'web_fetch_tool_result',
      tool_use_id: 's',
      content: {
        type: 'web_fetch_result',
        url: address,
        content: { type: 'document', source: { type: 'text', media_type: 'text/plain', data } },
      },
    },
  ],
});
const found: Message = {
  role: 'assistant',
  content: [
    {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', url, title: 'T', encrypted_content: 'e' }],
    },
  ],
};
const called: Message = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Read', input: { url } }] };
const result = user([{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: `see ${url}` }] }]);
const document = user([{ type: 'document', source: { type: 'url', url } }]);

describe('where else it may stand, and what url_sources says of that', () => {
  const none = { type: 'none' };
  const only = (name: string) => ({ type: 'only', tools: [{ type: 'tool_reference', name }] });
  const except = (name: string) => ({ type: 'except', tools: [{ type: 'tool_reference', name }] });
  test.each<[name: string, messages: readonly Message[], sources: UrlSources, known: boolean]>([
    ['the result of a tool', [called, result], {}, true],
    ['of this tool only', [called, result], { client_tool_results: only('Read') }, true],
    ['of another tool only', [called, result], { client_tool_results: only('Grep') }, false],
    ['of every tool but this', [called, result], { client_tool_results: except('Read') }, false],
    ['of every tool but another', [called, result], { client_tool_results: except('Grep') }, true],
    ['of no tool', [called, result], { client_tool_results: none }, false],
    ['a filter that nobody knows', [called, result], { client_tool_results: { type: 'new' } }, false],
    ['a result of a search', [found], {}, true],
    ['results of searches do not count', [found], { server_tool_results: only('web_fetch') }, false],
    ['a page that was fetched', [fetched(url, '')], {}, true],
    ['a link on such a page', [fetched('https://x.example', `[b](${url})`)], {}, true],
    ['pages do not count', [fetched(url, url)], { server_tool_results: none }, false],
    ['a document by address', [document], {}, true],
    ['users do not count', [user(url), document], { user_input: none }, false],
    ['the words of the model', [{ role: 'assistant', content: url }], {}, false],
    ['a call of the model', [called], {}, false],
    ['the system', [{ role: 'system', content: url }], {}, false],
  ])('%s', (_name, messages, sources, known) => {
    expect(isKnownUrl(url, messages, sources)).toBe(known);
  });
});

test.each([
  ['letters', 'a'],
  ['labels', 'a.'],
  ['labels of one sign', '-.'],
  ['an address and what may stand behind one', 'https://docs.example/)))))))))a'],
  ['one address that never ends', ')'],
])('a long text is looked through in time proportional to its length: %s', (_name, piece) => {
  const text = `https://docs.example/${piece.repeat(1_000_000 / piece.length)}1 https://docs.example/last.`;
  expect(isKnownUrl('https://docs.example/start', [user(text)], {})).toBe(false);
  expect(isKnownUrl('https://docs.example/last', [user(text)], {})).toBe(true);
});
