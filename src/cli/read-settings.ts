import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The text of `.env`; empty where there is none. */
export function readDotenv(directory: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(join(directory, '.env'), 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    return code === 'ENOENT' ? { text: '' } : { problem: `.env cannot be read (${code ?? 'unknown error'})` };
  }
}

/** Paths in settings are meant from the directory that `.env` is in. */
export function readerIn(directory: string): (path: string) => string {
  return (path) => readFileSync(resolve(directory, path), 'utf8');
}
