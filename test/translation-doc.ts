import { serverProfiles } from '../src/config/config.ts';
import { blockRules, innerBlockRules } from '../src/providers/openai-chat/block-fields.ts';
import { type ChatDialect, dialectOf } from '../src/providers/openai-chat/dialect.ts';
import {
  messageFields,
  metadataFields,
  outputConfigFields,
  requestFields,
  thinkingFields,
  toolChoiceFields,
  undocumentedFields,
} from '../src/providers/openai-chat/request-fields.ts';
import { toolFields, toolTypes } from '../src/providers/openai-chat/tool-types.ts';
import type { Fate } from '../src/translation/losses.ts';

interface Row {
  readonly fate: Fate;
  readonly how: string;
}
interface BlockRow extends Row {
  readonly fields: Readonly<Record<string, Row>>;
}

/** docs/translation.md, from the tables that the translation itself is checked against. */
export function translationDoc(): string {
  return [
    intro,
    '## Fields of the request',
    table('field', { ...requestFields, ...undocumentedFields }),
    'Every other field, here and below, is lost and listed: this version does not know it.',
    '### `thinking`',
    table('field', thinkingFields),
    '### `output_config`',
    table('field', outputConfigFields),
    '### `tool_choice`',
    table('field', toolChoiceFields),
    '### `metadata`',
    table('field', metadataFields),
    '### A message',
    table('field', messageFields),
    '## Content blocks',
    'A block of a type that is not here is lost and listed; in a message of the user a line says that it was there.\n`cache_control` is without effect on every block: upstream caches by itself.',
    blocks(blockRules),
    '### Only inside a `tool_result`',
    blocks(innerBlockRules),
    '## Tools',
    'A tool of a type that is not here is offered as a custom one if it has an `input_schema`, and lost and listed if not.',
    table('type', toolTypes),
    '### Fields of a tool',
    table('field', toolFields),
    '## Servers',
    serverIntro,
    servers(),
  ]
    .join('\n\n')
    .concat('\n');
}

const intro = `# What becomes of a request

<!-- Generated from the tables in src/providers/openai-chat: change them there, then run UPDATE=1 bun test test/translation-doc.test.ts -->

How each part of a Messages request reaches a model behind Chat Completions.

- **preserved**: it stands in the upstream request as it was.
- **translated**: the upstream has another word for it.
- **emulated**: the upstream has none, and its purpose is served in another way.
- **without effect**: left out; no answer can differ for it.
- **lost**: left out, and named with its reason in the header \`x-proxy-loss\` and in the log. With \`STRICT=true\` the request
  is refused instead.
- **refused**: the request is answered with a 400 that says what to do.

Where a row says that something is lost on some servers or models, it is listed there too. A value that asks for nothing
(\`speed: standard\`, an empty list, an edit that keeps everything) is not listed. Headers
(\`anthropic-version\`, \`anthropic-beta\` and the rest) are taken in any value and not sent on.`;

const serverIntro = `Compatible servers differ. Which one it is, is guessed from the address, or set with \`OPENAI_PROFILE\`; what a server refuses
is learned from its refusals. "In place" is where the conversation has it; "as text" is text of the user in
\`<system-reminder>\`.`;

function table(first: string, rows: Readonly<Record<string, Row>>): string {
  const lines = groups(rows).map(({ names, fate, how }) => `| ${names} | ${fate} | ${how} |`);
  return [`| ${first} | | how |`, '| --- | --- | --- |', ...lines].join('\n');
}

function blocks(rules: Readonly<Record<string, BlockRow>>): string {
  const lines = Object.entries(rules).map(([type, { fate, how, fields }]) => {
    return `| \`${type}\` | ${fate} | ${how} | ${fieldList(fields)} |`;
  });
  return ['| block | | how | its fields |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function fieldList({ cache_control: _, ...fields }: Readonly<Record<string, Row>>): string {
  return groups(fields)
    .map(({ names, fate, how }) => `${names}: ${fate}${how === '' ? '' : ` (${how})`}`)
    .join('; ');
}

/** Rows that say the same, as one. */
function groups(rows: Readonly<Record<string, Row>>): readonly (Row & { readonly names: string })[] {
  const grouped = new Map<string, Row & { readonly names: string }>();
  for (const [name, { fate, how }] of Object.entries(rows)) {
    const key = `${fate}\n${how}`;
    const known = grouped.get(key);
    const names = known === undefined ? `\`${name}\`` : `${known.names}, \`${name}\``;
    grouped.set(key, { fate, how, names });
  }
  return [...grouped.values()];
}

const effortWords: Readonly<Record<ChatDialect['effort'], string>> = {
  reasoning_effort: '`reasoning_effort`',
  reasoning: '`reasoning`',
  thinking: '`thinking` and `reasoning_effort`',
  'thinking-switch': '`thinking`, on or off',
  enable_thinking: '`enable_thinking`, on or off',
  'template-thinking': '`chat_template_kwargs.thinking`, on or off',
  'template-enable_thinking': '`chat_template_kwargs.enable_thinking`, on or off',
  'default-or-none': '`reasoning_effort`, on or off',
  none: 'nowhere',
};
const forceWords: Readonly<Record<ChatDialect['toolChoice'], string>> = {
  all: 'yes',
  words: 'by offering it alone',
  ignored: 'by offering it alone, and saying so',
  'auto-while-thinking': 'with reasoning off',
};

function servers(): string {
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
    ['images', ({ images }) => ({ none: 'no', 'png-jpeg': 'PNG, JPEG', all: 'yes' })[images]],
    ['PDF', ({ files }) => (files ? 'yes' : 'no')],
    ['`top_k`', ({ topK }) => (topK ? 'yes' : 'no')],
    ['cache key', ({ promptCacheKey }) => (promptCacheKey ? 'yes' : 'no')],
  ];
  const rows = serverProfiles
    .filter((profile) => profile !== 'auto')
    .map((profile) => {
      const dialect = dialectOf({ provider: 'openai', model: '', baseUrl: '', apiKey: undefined, route: '', profile });
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
