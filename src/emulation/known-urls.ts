import { isRecord } from '../messages/json.ts';
import type { Message } from '../messages/types.ts';

/** `url_sources` of a `web_fetch` tool, unchecked: which parts of the conversation may name addresses to fetch. */
export interface UrlSources {
  readonly client_tool_results?: unknown;
  readonly server_tool_results?: unknown;
  readonly user_input?: unknown;
}

/**
 * Whether an address already stands in the conversation: in the user's words, in the result of a tool, among results of
 * a search, or in a page that was fetched. Never in the model's own words: a page that it has read could talk it into an
 * address that carries off what else stands in the conversation.
 */
export function isKnownUrl(url: string, messages: readonly Message[], sources: UrlSources): boolean {
  const wanted = keyOf(url);
  if (wanted === undefined) return false;
  const seen = new SeenUrls(wanted);
  const callers = new Map<string, string>();
  for (const { role, content } of messages) {
    if (typeof content === 'string') {
      if (role === 'user' && contributes(sources.user_input)) seen.addWords(content);
      continue;
    }
    for (const block of content) {
      if (role === 'assistant') readAnswer(block, seen, callers, sources);
      else if (role === 'user') readInput(block, seen, callers, sources);
    }
    if (seen.found) return true;
  }
  return seen.found;
}

type Fields = Readonly<Record<string, unknown>>;

function readInput(
  block: { readonly type: string },
  seen: SeenUrls,
  callers: Map<string, string>,
  sources: UrlSources,
) {
  if (block.type !== 'tool_result') {
    if (contributes(sources.user_input)) seen.addAll(block, true);
    return;
  }
  const fields: Fields = { ...block };
  const tool = callers.get(String(fields.tool_use_id));
  if (contributes(sources.client_tool_results, tool)) seen.addAll(fields.content, false);
}

function readAnswer(
  block: { readonly type: string },
  seen: SeenUrls,
  callers: Map<string, string>,
  sources: UrlSources,
) {
  const fields: Fields = { ...block };
  switch (block.type) {
    case 'tool_use':
      callers.set(String(fields.id), String(fields.name));
      return;
    case 'web_search_tool_result':
      if (!contributes(sources.server_tool_results, 'web_search') || !Array.isArray(fields.content)) return;
      for (const result of fields.content) if (isRecord(result)) seen.addUrl(result.url);
      return;
    case 'web_fetch_tool_result':
      if (!contributes(sources.server_tool_results, 'web_fetch') || !isRecord(fields.content)) return;
      seen.addUrl(fields.content.url);
      seen.addAll(fields.content.content, false);
      return;
  }
}

/** Without a filter every source counts; of a filter that nobody knows, none. */
function contributes(filter: unknown, tool?: string): boolean {
  if (filter === undefined || filter === null) return true;
  if (!isRecord(filter)) return false;
  const isNamed = Array.isArray(filter.tools) && filter.tools.some((named) => isRecord(named) && named.name === tool);
  switch (filter.type) {
    case 'all':
      return true;
    case 'only':
      return isNamed;
    case 'except':
      return !isNamed;
    default:
      return false;
  }
}

/** More than an address may be long that is fetched. */
const longestWritten = 4_096;
const wholeAddress = new RegExp(`https?://[^\\s<>"'\`]{1,${longestWritten}}`, 'gi');
/** Begins where a word does, with labels as long as a name may have: time in proportion to the text, whatever it is. */
const bareAddress = new RegExp(
  `(?<![a-z0-9.-])(?:[a-z0-9-]{1,63}\\.)+[a-z]{2,63}(?![a-z0-9-])[^\\s<>"'\`]{0,${longestWritten}}`,
  'gi',
);
const marksBehind = /(?<![.,;:!?)\]}*_~])[.,;:!?)\]}*_~]+$/;

class SeenUrls {
  readonly #wanted: string;
  /** Stands in every text that names the address; empty where it may be written in more than one way. */
  readonly #hostname: string;
  found = false;

  constructor(wanted: string) {
    this.#wanted = wanted;
    const hostname = wanted.slice(0, wanted.search(/[:/?]|$/));
    this.#hostname = hostname.includes('xn--') ? '' : hostname;
  }

  addUrl(url: unknown): void {
    if (typeof url === 'string' && keyOf(url) === this.#wanted) this.found = true;
  }

  /** Words of a person, who may leave out the `https://`. */
  addWords(text: string): void {
    this.#addText(text);
    if (!this.#mayBeIn(text)) return;
    for (const [written] of text.matchAll(bareAddress)) this.#addWritten(`https://${written}`);
  }

  /** Every text inside a value. What is encoded is none. */
  addAll(value: unknown, isWords: boolean): void {
    if (this.found) return;
    if (typeof value === 'string') {
      if (isWords) this.addWords(value);
      else this.#addText(value);
    } else if (Array.isArray(value)) {
      for (const item of value) this.addAll(item, isWords);
    } else if (isRecord(value) && value.type !== 'base64') {
      for (const key in value) if (key !== 'type') this.addAll(value[key], isWords);
    }
  }

  #addText(text: string): void {
    if (!this.#mayBeIn(text)) return;
    for (const [written] of text.matchAll(wholeAddress)) this.#addWritten(written);
  }

  #mayBeIn(text: string): boolean {
    return !this.found && text.toLowerCase().includes(this.#hostname);
  }

  /** What stands behind an address in a sentence or in Markdown may belong to it or not. */
  #addWritten(written: string): void {
    this.addUrl(written);
    this.addUrl(written.replaceAll('&amp;', '&'));
    this.addUrl(written.replace(marksBehind, ''));
    this.addUrl(written.split(/[)\]}|]/, 1)[0]);
  }
}

/** What two addresses have in common that lead to the same page: a server sees neither the rest nor how it was written. */
function keyOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname, search, username, password } = new URL(url);
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '') return undefined;
  return `${host}${pathname.replace(/\/$/, '')}${search}`;
}
