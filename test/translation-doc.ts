import * as geminiBlocks from '../src/providers/gemini/block-fields.ts';
import * as geminiFields from '../src/providers/gemini/request-fields.ts';
import * as geminiTools from '../src/providers/gemini/tool-types.ts';
import * as openaiFields from '../src/providers/openai/shared-request-fields.ts';
import * as chatTools from '../src/providers/openai/tool-types.ts';
import * as chatBlocks from '../src/providers/openai-chat/block-fields.ts';
import * as chatFields from '../src/providers/openai-chat/request-fields.ts';
import * as responsesBlocks from '../src/providers/openai-responses/block-fields.ts';
import * as responsesFields from '../src/providers/openai-responses/request-fields.ts';
import * as responsesTools from '../src/providers/openai-responses/tool-types.ts';
import type { Fate } from '../src/translation/losses.ts';
import { innerBlockRules } from '../src/translation/shared-block-rules.ts';
import { undocumentedFields } from '../src/translation/shared-field-rules.ts';
import { emulatedToolFields } from '../src/translation/shared-tool-rules.ts';
import { geminiModels } from './translation-doc-models.ts';
import { chatServers } from './translation-doc-servers.ts';

interface Row {
  readonly fate: Fate;
  readonly how: string;
}
type Rows = Readonly<Record<string, Row>>;
interface BlockRow extends Row {
  readonly fields: Rows;
}

/** What a dialect's request side exports: a row for each field, block and tool. */
interface Tables {
  readonly requestFields: Rows;
  readonly thinkingFields: Rows;
  readonly outputConfigFields: Rows;
  readonly toolChoiceFields: Rows;
  readonly metadataFields: Rows;
  readonly messageFields: Rows;
  readonly blockRules: Readonly<Record<string, BlockRow>>;
  readonly toolTypes: Rows;
  readonly toolFields: Rows;
}

/** docs/translation.md, from the tables that the translation itself is checked against. */
export function translationDoc(): string {
  return [
    intro,
    '## Tools that the proxy runs',
    emulatedIntro,
    table('field', emulatedToolFields),
    '## Chat Completions',
    chatIntro,
    ...tables({ ...openaiFields, ...chatFields, ...chatBlocks, ...chatTools }),
    '### Servers',
    serverIntro,
    chatServers(),
    '## Responses',
    responsesIntro,
    ...tables({ ...openaiFields, ...responsesFields, ...responsesBlocks, ...responsesTools }),
    '## Gemini and Vertex AI',
    geminiIntro,
    ...tables({ ...geminiFields, ...geminiBlocks, ...geminiTools }),
    '### Models',
    modelIntro,
    geminiModels(),
  ]
    .join('\n\n')
    .concat('\n');
}

function tables(dialect: Tables): readonly string[] {
  return [
    '### Fields of the request',
    table('field', { ...dialect.requestFields, ...undocumentedFields }),
    'Every other field, here and below, is lost and listed: this version does not know it.',
    '#### `thinking`',
    table('field', dialect.thinkingFields),
    '#### `output_config`',
    table('field', dialect.outputConfigFields),
    '#### `tool_choice`',
    table('field', dialect.toolChoiceFields),
    '#### `metadata`',
    table('field', dialect.metadataFields),
    '#### A message',
    table('field', dialect.messageFields),
    '### Content blocks',
    'A block of a type that is not here is lost and listed; in a message of the user a line says that it was there.\n`cache_control` is without effect on every block: upstream caches by itself.',
    blocks(dialect.blockRules),
    '#### Only inside a `tool_result`',
    blocks(innerBlockRules),
    '### Tools',
    'A tool of a type that is not here is offered as a custom one if it has an `input_schema`, and lost and listed if not.',
    table('type', dialect.toolTypes),
    '#### Fields of a tool',
    table('field', dialect.toolFields),
  ];
}

const intro = `# What becomes of a request

<!-- Generated from the tables in src/providers: change them there, then run UPDATE=1 bun test test/translation-doc.test.ts -->

How each part of a Messages request reaches a model that speaks another language:
[Chat Completions](#chat-completions), [Responses](#responses) or [Gemini's](#gemini-and-vertex-ai). Anthropic itself gets it as it is.

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

const emulatedIntro = `\`web_search_*\` and \`web_fetch_*\` run at the vendor where it has them, and what then becomes of their fields stands below with its
dialect. Elsewhere each becomes a function of the same name for the model, and [the proxy runs it](web-tools.md); its earlier use in the
conversation becomes calls and results.`;

const chatIntro = 'As OpenAI and every compatible server speak it.';

const serverIntro = `Compatible servers differ. Which one it is, is guessed from the address, or set with \`OPENAI_PROFILE\`; what a server refuses
is learned from its refusals. "In place" is where the conversation has it; "as text" is text of the user in
\`<system-reminder>\`.`;

const responsesIntro = `OpenAI's newer API, as OpenAI, Azure and xAI speak it: the way to their models that reason, and of others to the vendor's web
search ([why](decisions/responses-or-chat.md)). \`OPENAI_API\` chooses otherwise. Nothing is stored at the vendor (\`store: false\`): what a model thought comes
encrypted, travels in the thinking blocks of the conversation, and goes back to where it was.`;

const geminiIntro = `\`streamGenerateContent\` of the Gemini API (a key of AI Studio) and of Vertex AI. The conversation is told in turns of user and
model that alternate and begin with the user; a word of the proxy's own stands where a client has none. Gemini's safety
filters are off: the Messages API has no such thing, and they trip over code that deals with security.`;

const modelIntro = `By the longest beginning of the model's name. What nobody knows yet is taken for the newest; what a model refuses is learned
from its refusals.`;

function table(first: string, rows: Rows): string {
  const lines = groups(rows).map(({ names, fate, how }) => `| ${names} | ${fate} | ${how} |`);
  return [`| ${first} | | how |`, '| --- | --- | --- |', ...lines].join('\n');
}

function blocks(rules: Readonly<Record<string, BlockRow>>): string {
  const lines = Object.entries(rules).map(([type, { fate, how, fields }]) => {
    return `| \`${type}\` | ${fate} | ${how} | ${fieldList(fields)} |`;
  });
  return ['| block | | how | its fields |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function fieldList({ cache_control: _, ...fields }: Rows): string {
  return groups(fields)
    .map(({ names, fate, how }) => `${names}: ${fate}${how === '' ? '' : ` (${how})`}`)
    .join('; ');
}

/** Rows that say the same, as one. */
function groups(rows: Rows): readonly (Row & { readonly names: string })[] {
  const grouped = new Map<string, Row & { readonly names: string }>();
  for (const [name, { fate, how }] of Object.entries(rows)) {
    const key = `${fate}\n${how}`;
    const known = grouped.get(key);
    const names = known === undefined ? `\`${name}\`` : `${known.names}, \`${name}\``;
    grouped.set(key, { fate, how, names });
  }
  return [...grouped.values()];
}
