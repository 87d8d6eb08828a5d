const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 24;
const pool = new Uint8Array(idLength * 128);
let used = pool.length;

/** `prefix` and 24 random letters and digits. Randomness is drawn for many ids at once: each draw is a system call. */
export function newId(prefix: string): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let id = prefix;
  for (const end = used + idLength; used < end; used += 1) id += alphabet[(pool[used] ?? 0) % alphabet.length];
  return id;
}
