import { loadedToolText, unsupportedText } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import type { ToolResult } from '../../translation/results-of-calls.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import type { Translation } from '../openai/translation.ts';
import { checkBlockFields } from './block-fields.ts';
import { type PieceSink, writeDocument, writeImage } from './media.ts';
import type { MediaPart, TextPart } from './wire.ts';

/**
 * The results of one turn. A `tool` message holds text only, so what cannot be text is numbered, named there, and shown
 * in a user message behind all results.
 */
export class ToolResults {
  readonly #translation: Translation;
  readonly shown: (TextPart | MediaPart)[] = [];
  #count = 0;

  constructor(translation: Translation) {
    this.#translation = translation;
  }

  /** The text of a result; `callId` is the server's id of the call. */
  textOf(result: ToolResult, callId: string, path: string): string {
    checkBlockFields(result, this.#translation.losses, () => path);
    const text = this.#content(result, callId, path);
    const said = text === '' ? this.#translation.dialect.emptyToolResult : text;
    // There is no field for it, and without a mark a failure would look like a success.
    return result.is_error === true ? `[tool error] ${text === '' ? '(no output)' : text}` : said;
  }

  #content({ content }: ToolResult, callId: string, path: string): string {
    if (typeof content === 'string') return content;
    if (!Array.isArray(content)) return '';
    const texts: string[] = [];
    const sink: PieceSink = {
      text: (text) => texts.push(text),
      media: (part) => texts.push(this.#show(part, callId)),
    };
    for (let index = 0; index < content.length; index++) {
      const block = content[index];
      if (block === undefined) continue;
      if (block.type === 'text') {
        if (block.text !== '') texts.push(block.text);
        continue;
      }
      this.#write(block, sink, `${path}.content.${index}`);
    }
    return texts.join('\n');
  }

  #write(block: Exclude<ResultPart, { type: 'text' }>, sink: PieceSink, path: string): void {
    const { names, losses } = this.#translation;
    switch (block.type) {
      case 'image':
        writeImage(block, sink, this.#translation, path);
        break;
      case 'document':
        writeDocument(block, sink, this.#translation, path);
        break;
      case 'search_result':
        sink.text(searchResultWords(block, this.#translation.losses, path));
        break;
      case 'tool_reference':
        sink.text(loadedToolText(block.tool_name, names.write(block.tool_name)));
        break;
      case 'browser_state':
        sink.text(JSON.stringify({ tabs: block.tabs, state_changes: block.state_changes ?? [] }));
        break;
      default:
        sink.text(unsupportedText(block));
        losses.add(path, notKnown);
        return;
    }
    checkBlockFields(block, losses, () => path);
  }

  #show(part: MediaPart, callId: string): string {
    const what = part.type === 'file' ? 'document' : 'image';
    this.#count += 1;
    this.shown.push({ type: 'text', text: `${what} ${this.#count}, from call ${callId}:` }, part);
    return `[see ${what} ${this.#count} below]`;
  }
}

type ResultPart = Extract<ToolResult['content'], readonly unknown[]>[number];
