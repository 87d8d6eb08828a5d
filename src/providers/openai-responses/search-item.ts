import { type Answer, type Fields, type OutputItem, textOf } from './output-item.ts';
import type { HostedItem } from './reasoning-envelope.ts';
import { searchOf } from './web-searches.ts';

/**
 * A search of the web that ran at the vendor's, or a page that was opened for it. Only searches are shown; the next turn
 * tells the model of both.
 */
export class SearchItem implements OutputItem {
  readonly type = 'web_search_call';
  readonly #answer: Answer;
  #isDone = false;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  read(): void {
    // That it is on its way, and searching: a sign of life.
  }

  done(item: Fields): void {
    const { searches, thinking, context } = this.#answer;
    if (this.#isDone || searches === undefined || item.type !== this.type) return;
    this.#isDone = true;
    // The id becomes a part of another one, in which not every character may stand.
    const id = textOf(item.id).replaceAll(/[^A-Za-z0-9_]/g, '') || context.newId('ws_');
    const hosted: HostedItem = { ...item, type: this.type, id };
    thinking.ran(hosted);
    const search = searchOf(item.action);
    if (search === undefined) return;
    thinking.seal();
    searches.ran(hosted, search);
  }
}
