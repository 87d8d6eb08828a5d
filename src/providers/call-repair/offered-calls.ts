import { editDistance } from '../../config/edit-distance.ts';
import type { MessagesRequest, Tool } from '../../messages/types.ts';
import { definitionOf } from '../../translation/tool-definition.ts';
import { type NameRule, toolNamesOf } from '../../translation/tool-names.ts';
import { anything, type SchemaPlace } from './schema-place.ts';

/** The tools that a request offers, as a model may call them. Holds the tools, and nothing else of the request. */
export class OfferedCalls {
  /** How an upstream may write a tool's name → the client's name. */
  readonly #names = new Map<string, string>();
  /** The same without what models add, leave out or write otherwise; undefined where two tools come out alike. */
  readonly #plainNames = new Map<string, string | undefined>();
  readonly #tools = new Map<string, Tool>();

  constructor(request: MessagesRequest, rule: NameRule) {
    const { write } = toolNamesOf(request, rule);
    for (const tool of request.tools ?? []) {
      if (!('name' in tool) || typeof tool.name !== 'string') continue;
      this.#tools.set(tool.name, tool);
      for (const name of [tool.name, write(tool.name)]) {
        this.#names.set(name, tool.name);
        const plain = plainName(name);
        const isTaken = this.#plainNames.has(plain) && this.#plainNames.get(plain) !== tool.name;
        this.#plainNames.set(plain, isTaken ? undefined : tool.name);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#tools.size === 0;
  }

  /** The tool that a name means beyond doubt: as it is, or but for case, `_` and `-`, and what models put in front. */
  alike(written: string): string | undefined {
    return this.#names.get(written) ?? this.#plainNames.get(plainName(written));
  }

  /** The same, and but for a letter or two where no other tool is as near. */
  meant(written: string): string | undefined {
    const alike = this.alike(written);
    if (alike !== undefined) return alike;
    const plain = plainName(written);
    const most = plain.length < 4 ? 0 : plain.length < 8 ? 1 : 2;
    let nearest: { readonly name: string; readonly distance: number } | undefined;
    let isUnique = false;
    for (const [other, name] of this.#plainNames) {
      if (name === undefined || Math.abs(other.length - plain.length) > most) continue;
      const distance = editDistance(plain, other);
      if (distance > most || (nearest !== undefined && distance > nearest.distance)) continue;
      isUnique = nearest === undefined || distance < nearest.distance || nearest.name === name;
      nearest = { name, distance };
    }
    return isUnique ? nearest?.name : undefined;
  }

  /** What the tool takes; nothing is known of a tool that is not offered. */
  argumentsOf(name: string): SchemaPlace {
    const tool = this.#tools.get(name);
    if (tool === undefined) return anything;
    const { schema } = definitionOf(tool);
    return { schema, root: schema };
  }
}

/** Source of what stands in front: harmony's `functions.`, Gemini's `default_api:`, Kimi's `functions.name:0`. */
function plainName(name: string): string {
  return name
    .trim()
    .replace(/^(?:(?:functions?|default_api|tools?)[.:/])+/i, '')
    .replace(/(?::\d+|\(\))$/, '')
    .toLowerCase()
    .replace(/[\s_-]/g, '');
}
