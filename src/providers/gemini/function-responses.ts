import { loadedToolText, unansweredText, unsupportedText } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import type { FoundResult, ToolResult } from '../../translation/results-of-calls.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import { checkBlockFields } from './block-fields.ts';
import { callIdOf } from './call-ids.ts';
import { type PieceSink, writeDocument, writeImage } from './media.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { FunctionResponsePart, Part } from './wire.ts';

/** A call of the turn before, as the client and as Gemini know it. */
export interface Call {
  readonly id: string;
  readonly name: string;
}

/** What may stand inside a function's result (source: Google's guide to function calling, multimodal responses). */
const innerTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'application/pdf']);

/**
 * Gemini's own id of a call, to be sent back with the call and its result: only where it gave one, and never to Vertex AI,
 * which knows no such field.
 */
export function returnedCallId(toolUseId: string, translation: Translation): { readonly id?: string } {
  if (translation.platform === 'vertex' || lastRepair(translation, 'omit-call-ids')) return {};
  const id = callIdOf(toolUseId);
  return id === undefined ? {} : { id };
}

/**
 * The results of one turn. Media that cannot stand inside a result is numbered, named there, and shown behind all
 * results: Gemini refuses anything between them.
 */
export class FunctionResponses {
  readonly #translation: Translation;
  readonly shown: Part[] = [];
  #count = 0;

  constructor(translation: Translation) {
    this.#translation = translation;
  }

  /** The part that answers a call. A call without a result was interrupted, and Gemini wants one for each. */
  responseTo({ id, name }: Call, result: FoundResult | undefined): Part {
    const head = { ...returnedCallId(id, this.#translation), name };
    if (result === undefined) return { functionResponse: { ...head, response: { error: unansweredText } } };
    const inner: FunctionResponsePart[] = [];
    const text = this.textOf(
      result.block,
      result.path,
      this.#translation.model.functionResponseMedia ? inner : undefined,
    );
    // Always the text as it is: an object with a `$ref` in it, as in a JSON Schema, would be read as a pointer to a part.
    const response = result.block.is_error === true ? { error: text } : { output: text };
    return { functionResponse: { ...head, response, ...(inner.length > 0 ? { parts: inner } : {}) } };
  }

  /** The text of a result. `inner` takes up the media that may stand inside it; without it all is shown behind. */
  textOf(result: ToolResult, path: string, inner?: FunctionResponsePart[]): string {
    checkBlockFields(result, this.#translation.losses, () => path);
    const { content } = result;
    if (typeof content === 'string') return content;
    if (!Array.isArray(content)) return '';
    const texts: string[] = [];
    const sink: PieceSink = {
      text: (text) => {
        if (text !== '') texts.push(text);
      },
      media: (part) => texts.push(this.#place(part, inner)),
    };
    for (let index = 0; index < content.length; index++) {
      const block = content[index];
      if (block !== undefined) this.#write(block, sink, `${path}.content.${index}`);
    }
    return texts.join('\n');
  }

  #write(block: ResultPart, sink: PieceSink, path: string): void {
    const { names, losses } = this.#translation;
    switch (block.type) {
      case 'text':
        sink.text(block.text);
        break;
      case 'image':
        writeImage(block, sink, this.#translation, path);
        break;
      case 'document':
        writeDocument(block, sink, this.#translation, path);
        break;
      case 'search_result':
        sink.text(searchResultWords(block, losses, path));
        break;
      case 'tool_reference':
        sink.text(loadedToolText(block.tool_name, names.write(block.tool_name)));
        break;
      case 'browser_state':
        sink.text(writeJson({ tabs: block.tabs, state_changes: block.state_changes ?? [] }));
        break;
      default:
        sink.text(unsupportedText(block));
        losses.add(path, notKnown);
        return;
    }
    checkBlockFields(block, losses, () => path);
  }

  /** Puts a medium where it may stand, and gives the words that lead there. */
  #place(part: Part, inner: FunctionResponsePart[] | undefined): string {
    this.#count += 1;
    const { mimeType = '' } = part.inlineData ?? part.fileData ?? {};
    const name = `${mimeType.startsWith('image/') ? 'image' : 'document'} ${this.#count}`;
    if (inner !== undefined && part.inlineData !== undefined && innerTypes.has(mimeType)) {
      inner.push({ inlineData: part.inlineData });
      return `[${name}: attached]`;
    }
    this.shown.push({ text: `${name}:` }, part);
    return `[${name}: see below]`;
  }
}

type ResultPart = Extract<ToolResult['content'], readonly unknown[]>[number];
