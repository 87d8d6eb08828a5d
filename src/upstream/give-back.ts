/**
 * Gives the memory of bytes back that nobody uses any more: at once, instead of whenever the garbage is collected.
 * Bodies are large, and until then hundreds of them would stand in memory unused. What shares its memory with others
 * is left alone.
 */
export function giveBack({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}
