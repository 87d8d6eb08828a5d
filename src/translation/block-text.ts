import type { KnownBlockOf } from '../messages/types.ts';

// What stands in the text of a conversation for blocks that an upstream has no form for.

type Document = KnownBlockOf<'document'>;

export const closeDocument = '</document>';

export function openDocument({ title, context }: Document): string {
  const named = title ? ` title=${JSON.stringify(title)}` : '';
  return `<document${named}${context ? ` context=${JSON.stringify(context)}` : ''}>`;
}

export function wrapDocument(block: Document, text: string): string {
  return `${openDocument(block)}\n${text}\n${closeDocument}`;
}

export function searchResultText({ title, source }: KnownBlockOf<'search_result'>, text: string): string {
  return `<search_result title=${JSON.stringify(title)} source=${JSON.stringify(source)}>\n${text}\n</search_result>`;
}

/** What was compacted away, as the user's words. */
export function summaryText(summary: string): string {
  return `<conversation_summary>\n${summary}\n</conversation_summary>`;
}

/** A text of the system in the middle of a conversation, where an upstream has no role for it. */
export function reminderText(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`;
}

/** Its definition is among the tools from this request on. The model has read of it, and asked for it, by the client's name. */
export function loadedToolText(name: string, upstreamName: string): string {
  const known = name === upstreamName ? '' : `, listed as ${name},`;
  return `The tool ${upstreamName}${known} is now loaded and can be called.`;
}

/** What stands for a block of a type nobody knows yet. */
export function unsupportedText(block: { readonly type: string }): string {
  return `[unsupported block: ${block.type}]`;
}

/** Upstreams refuse a call without a result; the client was interrupted. */
export const unansweredText = '[no result: the call was interrupted]';
