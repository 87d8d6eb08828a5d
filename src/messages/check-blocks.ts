import { check, checkFields, type FieldCheck, refuse, wrongField } from './field-checks.ts';
import { isRecord } from './json.ts';
import type { Block, KnownBlock } from './types.ts';

type Place = readonly (string | number)[];

const result: readonly FieldCheck[] = [['tool_use_id', 'string', 'required']];
const call: readonly FieldCheck[] = [
  ['id', 'string', 'required'],
  ['name', 'string', 'required'],
];

/** What every known block must hold. A block that a new SDK version adds is missing here, and fails the compilation. */
const blockChecks: Readonly<Record<KnownBlock['type'], readonly FieldCheck[]>> = {
  text: [['text', 'string', 'required']],
  image: [['source', 'object', 'required']],
  document: [
    ['source', 'object', 'required'],
    ['title', 'string', 'optional'],
    ['context', 'string', 'optional'],
  ],
  search_result: [
    ['content', 'array', 'required'],
    ['source', 'string', 'required'],
    ['title', 'string', 'required'],
  ],
  thinking: [
    ['thinking', 'string', 'required'],
    ['signature', 'string', 'required'],
  ],
  redacted_thinking: [['data', 'string', 'required']],
  tool_use: call,
  tool_result: [...result, ['content', 'string or array', 'optional'], ['is_error', 'boolean', 'optional']],
  server_tool_use: call,
  web_search_tool_result: result,
  web_fetch_tool_result: result,
  advisor_tool_result: result,
  code_execution_tool_result: result,
  bash_code_execution_tool_result: result,
  text_editor_code_execution_tool_result: result,
  tool_search_tool_result: result,
  mcp_tool_use: call,
  mcp_tool_result: [...result, ['content', 'string or array', 'optional'], ['is_error', 'boolean', 'optional']],
  container_upload: [['file_id', 'string', 'required']],
  compaction: [['content', 'string', 'optional']],
  tool_addition: [['tool', 'object', 'required']],
  tool_removal: [['tool', 'object', 'required']],
  mcp_tool_listing: [],
  fallback: [],
};

/** Blocks that stand only inside a `tool_result`. */
const innerChecks: ReadonlyMap<string, readonly FieldCheck[]> = new Map([
  ['tool_reference', [['tool_name', 'string', 'required']]],
  ['browser_state', [['tabs', 'array', 'required']]],
]);

const knownChecks: ReadonlyMap<string, readonly FieldCheck[]> = new Map(Object.entries(blockChecks));

/** Whether the SDK knows the block's type. */
export function isKnownBlock(block: Block): block is KnownBlock {
  return knownChecks.has(block.type);
}

/** Checks a list of blocks: each an object with a type, and of the types we know the fields we use. */
export function checkBlocks(blocks: readonly unknown[], path: Place): void {
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    if (!isRecord(block)) refuse([...path, index], 'Input should be an object');
    const { type } = block;
    if (typeof type !== 'string') refuse([...path, index, 'type'], required(type));
    const fields = knownChecks.get(type) ?? innerChecks.get(type);
    if (fields === undefined) continue;
    const wrong = wrongField(block, fields);
    if (wrong !== undefined) refuse([...path, index, wrong.name], wrong.wanted);
    if (hasInside.has(type)) checkInside(block, type, [...path, index]);
  }
}

/** Blocks with something to check inside. */
const hasInside: ReadonlySet<string> = new Set([
  'tool_result',
  'mcp_tool_result',
  'search_result',
  'image',
  'document',
  'tool_addition',
  'tool_removal',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
] satisfies KnownBlock['type'][]);

function checkInside(block: Readonly<Record<string, unknown>>, type: string, path: Place): void {
  switch (type) {
    case 'tool_result':
    case 'mcp_tool_result':
    case 'search_result':
      if (Array.isArray(block.content)) checkBlocks(block.content, [...path, 'content']);
      return;
    case 'image':
    case 'document':
      checkSource(block.source, [...path, 'source']);
      return;
    case 'tool_addition':
    case 'tool_removal':
      if (isRecord(block.tool)) checkFields(block.tool, [['type', 'string', 'required']], [...path, 'tool']);
      return;
    default:
      // Results of Anthropic's servers come in many forms, and are read field by field with guards of their own.
      if (block.content === undefined) refuse([...path, 'content'], 'Field required');
  }
}

/** Fields of each kind of source; a kind newer than this list passes, and the translators say what becomes of it. */
const sourceChecks: ReadonlyMap<unknown, readonly FieldCheck[]> = new Map<unknown, readonly FieldCheck[]>([
  [
    'base64',
    [
      ['data', 'string', 'required'],
      ['media_type', 'string', 'required'],
    ],
  ],
  ['text', [['data', 'string', 'required']]],
  ['url', [['url', 'string', 'required']]],
  ['file', [['file_id', 'string', 'required']]],
  ['content', [['content', 'string or array', 'required']]],
]);

function checkSource(source: unknown, path: Place): void {
  if (!isRecord(source)) return;
  if (typeof source.type !== 'string') refuse([...path, 'type'], required(source.type));
  checkFields(source, sourceChecks.get(source.type) ?? [], path);
  if (Array.isArray(source.content)) checkBlocks(source.content, [...path, 'content']);
}

/** `system`: a string, or blocks. */
export function checkTextOrBlocks(value: unknown, path: Place): void {
  check(value, 'string or array', path);
  if (Array.isArray(value)) checkBlocks(value, path);
}

function required(value: unknown): string {
  return value === undefined ? 'Field required' : 'Input should be a valid string';
}
