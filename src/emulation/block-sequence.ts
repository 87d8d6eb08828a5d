import type { BlockDelta, MessageEvent, MessageEventOf } from '../messages/types.ts';

type Block = MessageEventOf<'content_block_start'>['content_block'];

/** Writes blocks one after another and numbers them. */
export class BlockSequence {
  #index = 0;
  #isOpen = false;
  #events: MessageEvent[] = [];

  /** Whether a block has begun and not ended. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(block: Block): void {
    this.#isOpen = true;
    this.#events.push({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  delta(delta: BlockDelta): void {
    this.#events.push({ type: 'content_block_delta', index: this.#index, delta });
  }

  close(): void {
    this.#events.push({ type: 'content_block_stop', index: this.#index });
    this.#index += 1;
    this.#isOpen = false;
  }

  /** A block that has no deltas. */
  whole(block: Block): void {
    this.open(block);
    this.close();
  }

  /** What is no block, in its place. */
  event(event: MessageEvent): void {
    this.#events.push(event);
  }

  /** The events written since the last call. */
  take(): readonly MessageEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
