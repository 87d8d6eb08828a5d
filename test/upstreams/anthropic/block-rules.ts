import { isRecord } from '../json.ts';
import { mediaRefusal } from './media-rules.ts';
import { type Block, blocksOf, isBlockList } from './messages-body.ts';
import { invalid, missing, type Refusal, unknownField, unknownTag } from './refusal.ts';
import type { Rule } from './rules.ts';
import { isSealOf } from './seals.ts';
import { namePattern } from './tool-rules.ts';

interface Shape {
  /** Whose messages may hold it. */
  readonly roles: readonly ('user' | 'assistant' | 'tool_result' | 'system')[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const serverResult: Shape = {
  roles: ['assistant', 'user'],
  required: ['tool_use_id', 'content'],
  optional: ['caller'],
};

/** What a block may hold beside `type` and `cache_control`. Source: the official SDK's parameter types. */
const shapes: Readonly<Record<string, Shape>> = {
  text: { roles: ['user', 'assistant', 'tool_result', 'system'], required: ['text'], optional: ['citations'] },
  image: { roles: ['user', 'tool_result'], required: ['source'], optional: ['transformations'] },
  document: {
    roles: ['user', 'tool_result'],
    required: ['source'],
    optional: ['citations', 'context', 'title'],
  },
  search_result: {
    roles: ['user', 'tool_result'],
    required: ['source', 'title', 'content'],
    optional: ['citations'],
  },
  tool_reference: { roles: ['tool_result'], required: ['tool_name'], optional: [] },
  tool_result: {
    roles: ['user'],
    required: ['tool_use_id'],
    optional: ['content', 'is_error', 'toolset_name'],
  },
  thinking: { roles: ['assistant'], required: ['thinking', 'signature'], optional: [] },
  redacted_thinking: { roles: ['assistant'], required: ['data'], optional: [] },
  tool_use: { roles: ['assistant'], required: ['id', 'name', 'input'], optional: ['caller', 'toolset_name'] },
  server_tool_use: { roles: ['assistant'], required: ['id', 'name', 'input'], optional: ['caller'] },
  web_search_tool_result: serverResult,
  web_fetch_tool_result: serverResult,
  code_execution_tool_result: serverResult,
  bash_code_execution_tool_result: serverResult,
  text_editor_code_execution_tool_result: serverResult,
  tool_search_tool_result: serverResult,
  container_upload: { roles: ['user', 'assistant'], required: ['file_id'], optional: [] },
  compaction: {
    roles: ['user', 'assistant'],
    required: [],
    optional: ['content', 'encrypted_content', 'signature', 'tool_changes'],
  },
};

const idPattern = /^[a-zA-Z0-9_-]+$/;

const blocks: Rule = ({ body }) => {
  for (const [index, message] of body.messages.entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      const where = `messages.${index}.content.${at}`;
      const refusal = blockRefusal(block, message.role, where) ?? insideRefusal(block, where);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function blockRefusal(block: Block, role: string, where: string): Refusal | undefined {
  const shape = Object.hasOwn(shapes, block.type) ? shapes[block.type] : undefined;
  if (shape === undefined) return unknownTag(where, block.type, Object.keys(shapes));
  if (!shape.roles.some((allowed) => allowed === role)) {
    const places = shape.roles.map((allowed) => `\`${allowed}\``).join(' or ');
    return invalid(`${where}: \`${block.type}\` blocks can only be in ${places} messages`);
  }
  const path = `${where}.${block.type}`;
  const absent = shape.required.find((field) => block[field] === undefined);
  if (absent !== undefined) return missing(`${path}.${absent}`);
  const allowed = ['type', 'cache_control', ...shape.required, ...shape.optional];
  const unknown = Object.keys(block).find((field) => !allowed.includes(field));
  if (unknown !== undefined) return unknownField(`${path}.${unknown}`);
  for (const field of ['id', 'tool_use_id']) {
    const id = block[field];
    if (id === undefined || (typeof id === 'string' && idPattern.test(id))) continue;
    return invalid(`${path}.${field}: String should match pattern '${idPattern.source}'`);
  }
  if (block.type === 'tool_use' && !isRecord(block.input)) {
    return invalid(`${path}.input: Input should be a valid dictionary`);
  }
  if (block.type === 'tool_use' && !namePattern.test(String(block.name))) {
    return invalid(`${path}.name: String should match pattern '${namePattern.source}'`);
  }
  return mediaRefusal(block, path);
}

function insideRefusal(block: Block, where: string): Refusal | undefined {
  if (block.type === 'web_search_tool_result') return searchRefusal(block, where);
  if (block.type === 'compaction') return compactionRefusal(block, where);
  if (block.type !== 'tool_result' || typeof block.content === 'string' || block.content === undefined) return;
  const path = `${where}.tool_result.content`;
  if (!isBlockList(block.content)) return invalid(`${path}: Input should be a valid list`);
  for (const [at, inner] of block.content.entries()) {
    const refusal = blockRefusal(inner, 'tool_result', `${path}.${at}`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What was found is encrypted, so that only the API's own findings can be cited. */
function searchRefusal(block: Block, where: string): Refusal | undefined {
  if (!Array.isArray(block.content)) return;
  const forged = block.content.some(
    (found: unknown) => !isRecord(found) || !isSealOf(String(found.encrypted_content), String(found.url)),
  );
  return forged ? invalid(`${where}: Invalid \`encrypted_content\` in \`search_result\` block`) : undefined;
}

/** What proves that a summary is the API's own goes back with it as it came. */
function compactionRefusal(block: Block, where: string): Refusal | undefined {
  const { content } = block;
  if (content === '') return invalid(`${where}.compaction.content: String should have at least 1 character`);
  for (const field of ['encrypted_content', 'signature']) {
    const sealed = block[field] ?? undefined;
    if (sealed === undefined || isSealOf(String(sealed), String(content))) continue;
    return invalid(`${where}: Invalid \`${field}\` in \`compaction\` block`);
  }
  return undefined;
}

export const blockRules: readonly Rule[] = [blocks];
