/** Where the client's request holds what stands at a path of the request that was made of it. */
export type OriginalPath = (path: string) => string;

export const samePath: OriginalPath = (path) => path;

/** Where a block of a rewritten request comes from. */
export interface BlockOrigin {
  /** A path of the request before: `messages.3.content.1`. */
  readonly path: string;
  /** What is inside the block is as it was, so that the rest of a path still holds; else the block itself is named. */
  readonly isWhole: boolean;
}

/** Where a message of a rewritten request comes from. */
export interface MessageOrigin {
  readonly path: string;
  /** Its blocks' origins; undefined where the message is as it was. */
  readonly blocks: readonly BlockOrigin[] | undefined;
}

/**
 * The way back for a rewriting that has split, joined or moved messages. `origins` has one entry for each message of
 * the new request. Paths beside `messages` stay as they are.
 */
export function originalPathOf(origins: readonly MessageOrigin[]): OriginalPath {
  return (path) => {
    const [, index, , place, rest = ''] = /^messages\.(\d+)(\.content\.(\d+)(\..*)?)?/.exec(path) ?? [];
    const message = index === undefined ? undefined : origins[Number(index)];
    if (message === undefined) return path;
    if (message.blocks === undefined) return message.path + path.slice(`messages.${index}`.length);
    const block = place === undefined ? undefined : message.blocks[Number(place)];
    if (block === undefined) return message.path;
    return block.isWhole ? block.path + rest : block.path;
  };
}

/** Of two rewritings, one after the other. */
export function originalPathThrough(first: OriginalPath, second: OriginalPath): OriginalPath {
  if (first === samePath) return second;
  return second === samePath ? first : (path) => first(second(path));
}
