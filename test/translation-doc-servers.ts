import { serverProfiles } from '../src/config/config.ts';
import { type ChatDialect, dialectOf } from '../src/providers/openai/dialect.ts';

const effortWords: Readonly<Record<ChatDialect['effort'], string>> = {
  reasoning_effort: '`reasoning_effort`',
  reasoning: '`reasoning`',
  thinking: '`thinking` and `reasoning_effort`',
  'thinking-switch': '`thinking`, on or off',
  enable_thinking: '`enable_thinking`, on or off',
  'template-thinking': '`chat_template_kwargs.thinking`, on or off',
  'template-enable_thinking': '`chat_template_kwargs.enable_thinking`, on or off',
  'reasoning-switch': '`reasoning`, on or off',
  'default-or-none': '`reasoning_effort`, on or off',
  'high-or-none': '`reasoning_effort`, on or off',
  none: 'nowhere',
};
const forceWords: Readonly<Record<ChatDialect['toolChoice'], string>> = {
  all: 'yes',
  words: 'by offering it alone',
  ignored: 'by offering it alone, and saying so',
  'auto-while-thinking': 'with reasoning off',
};

/** How servers of Chat Completions differ, as a table. */
export function chatServers(): string {
  const columns: readonly (readonly [string, (dialect: ChatDialect) => string])[] = [
    ['length of the answer', ({ outputLimitField }) => `\`${outputLimitField}\``],
    ['`system` later on', ({ midSystem }) => (midSystem === 'in-place' ? 'in place' : 'as text')],
    ['effort', effortOf],
    [
      'reasoning given back',
      ({ reasoningBack, demandedReasoning }) =>
        demandedReasoning ? 'always beside calls' : reasoningBack === 'never' ? 'no' : 'yes',
    ],
    ['one forced tool', ({ toolChoice }) => forceWords[toolChoice]],
    ['schema of the answer', ({ structured }) => (structured === 'json_schema' ? 'enforced' : 'told')],
    [
      'images',
      ({ images, maxImages }) =>
        ({ none: 'no', 'png-jpeg': 'PNG, JPEG', all: maxImages === undefined ? 'yes' : `the last ${maxImages}` })[
          images
        ],
    ],
    ['PDF', ({ files }) => (files ? 'yes' : 'no')],
    ['`top_k`', ({ topK }) => (topK ? 'yes' : 'no')],
    [
      'caches',
      ({ promptCacheKey, cacheMarks }) =>
        promptCacheKey ? 'by key' : cacheMarks ? 'marks of Claude and Gemini' : 'by itself',
    ],
    ['web search', ({ webSearch, responses }) => (webSearch ? 'its own' : responses ? 'on Responses' : 'by the proxy')],
    ['tools at most', ({ maxTools }) => String(maxTools ?? '–')],
  ];
  const rows = serverProfiles
    .filter((profile) => profile !== 'auto')
    .map((profile) => {
      const dialect = dialectOf({ baseUrl: '', profile });
      return `| ${profile} | ${columns.map(([, of]) => of(dialect)).join(' | ')} |`;
    });
  return [
    `| server | ${columns.map(([name]) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...rows,
  ].join('\n');
}

function effortOf({ effort, effortByModel }: ChatDialect): string {
  const special = effortByModel.map(({ model, form }) => `${model.source.replaceAll('|', ', ')}: ${effortWords[form]}`);
  return [...special, effortByModel.length > 0 ? `others: ${effortWords[effort]}` : effortWords[effort]].join('; ');
}
