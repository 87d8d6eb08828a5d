import { isRecord } from '../messages/json.ts';
import type { Block } from '../messages/types.ts';

/**
 * The visible part of what Anthropic's own servers did, as text for a model that had no part in it; undefined for every
 * other block. The forms are many and nested, so each field is read with care: what is not there is left out.
 */
export function visibleText(block: Block): string | undefined {
  switch (block.type) {
    case 'server_tool_use':
      return `[${word(block.name)}: ${JSON.stringify(block.input ?? {})}]`;
    case 'mcp_tool_use':
      return `[${word(block.name)} on ${word(block.server_name)}: ${JSON.stringify(block.input ?? {})}]`;
    case 'web_search_tool_result':
      return webSearchResults(block.content);
    case 'web_fetch_tool_result':
      return fetchedPage(block.content);
    case 'code_execution_tool_result':
    case 'bash_code_execution_tool_result':
      return printed(block.content);
    case 'text_editor_code_execution_tool_result':
      return edited(block.content);
    case 'tool_search_tool_result':
      return foundTools(block.content);
    case 'advisor_tool_result':
      return advice(block.content);
    case 'mcp_tool_result':
      return `${block.is_error === true ? '[tool error] ' : ''}${textOf(block.content)}`;
    default:
      return undefined;
  }
}

/** Whether such a block also holds what no text can show: a page that is a PDF, files that code wrote, images. */
export function hasHiddenPart(block: Block): boolean {
  const content: unknown = 'content' in block ? block.content : undefined;
  switch (block.type) {
    case 'web_fetch_tool_result': {
      const source = isRecord(content) && isRecord(content.content) ? content.content.source : undefined;
      return isRecord(source) && source.type !== 'text' && !isAllText(source.content);
    }
    case 'code_execution_tool_result':
    case 'bash_code_execution_tool_result':
      return isRecord(content) && Array.isArray(content.content) && content.content.length > 0;
    case 'mcp_tool_result':
      return Array.isArray(content) && content.some((part) => !isRecord(part) || typeof part.text !== 'string');
    default:
      return false;
  }
}

export const hiddenPart = 'only its text is carried';

function webSearchResults(content: unknown): string {
  if (!Array.isArray(content)) return failure('web search', content);
  const lines = content.filter(isRecord).map((result) => `- ${word(result.title)}: ${word(result.url)}`);
  return ['[web search results]', ...lines].join('\n');
}

function fetchedPage(content: unknown): string {
  if (!isRecord(content) || typeof content.url !== 'string') return failure('web fetch', content);
  const source = isRecord(content.content) ? content.content.source : undefined;
  const text = isRecord(source) ? (source.type === 'text' ? word(source.data) : textOf(source.content)) : '';
  return `[fetched ${content.url}]\n${text}`.trimEnd();
}

function printed(content: unknown): string {
  if (!isRecord(content) || content.return_code === undefined) return failure('code execution', content);
  const output = [word(content.stdout), word(content.stderr)].filter((text) => text !== '').join('\n');
  return `[code execution, exit code ${word(content.return_code)}]\n${output}`.trimEnd();
}

function edited(content: unknown): string {
  if (!isRecord(content)) return failure('text editor', content);
  if (typeof content.content === 'string') return `[file]\n${content.content}`;
  if (Array.isArray(content.lines)) return `[edited]\n${content.lines.map(word).join('\n')}`;
  return content.error_code === undefined ? '[file written]' : failure('text editor', content);
}

function foundTools(content: unknown): string {
  if (!isRecord(content) || !Array.isArray(content.tool_references)) return failure('tool search', content);
  const names = content.tool_references.filter(isRecord).map(({ tool_name }) => word(tool_name));
  return `[tools found: ${names.join(', ')}]`;
}

function advice(content: unknown): string {
  return isRecord(content) && typeof content.text === 'string' ? content.text : failure('advice', content);
}

function failure(what: string, content: unknown): string {
  const code = isRecord(content) && typeof content.error_code === 'string' ? `: ${content.error_code}` : '';
  return `[${what} gave no readable result${code}]`;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter(isRecord)
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join('\n');
}

function isAllText(content: unknown): boolean {
  return typeof content === 'string' || (Array.isArray(content) && content.every(isText));
}

function isText(part: unknown): boolean {
  return isRecord(part) && part.type === 'text';
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
