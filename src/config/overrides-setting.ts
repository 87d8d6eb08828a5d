import { type ReadOverrides, readOverrides } from '../models/model-overrides.ts';

/** Reads a text file whole; throws where it cannot. */
export type ReadFile = (path: string) => string;

const maxCharacters = 1_000_000;

/** What `MODEL_OVERRIDES` says: JSON, or the path of a file that holds it. Problems read on after the variable's name. */
export function readOverridesSetting(text: string | undefined, readFile: ReadFile | undefined): ReadOverrides {
  if (text === undefined) return { overrides: [] };
  if (/^[{["]/.test(text)) return readOverrides(text);
  const file = fileText(text, readFile);
  if ('problem' in file) return { problems: [`is the path of a file that ${file.problem}: ${text}`] };
  const read = readOverrides(file.text);
  return 'problems' in read ? { problems: read.problems.map((problem) => `in ${text} ${problem}`) } : read;
}

function fileText(
  path: string,
  readFile: ReadFile | undefined,
): { readonly text: string } | { readonly problem: string } {
  if (readFile === undefined) return { problem: 'cannot be read here' };
  try {
    const text = readFile(path);
    return text.length <= maxCharacters ? { text } : { problem: 'is too large' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problem: `cannot be read (${code})` };
  }
}
