/** Runs of letters that need no look at each; for `endOf`. */
export const letters = {
  blank: /[\t\n\r ]*/y,
  /** From the blank on, all but the quotation mark and the backslash. */
  ofText: /[ !#-[\]-\uffff]*/y,
  ofWord: /[^\s,[\]{}:"]*/y,
} as const;

export const wordOfJson = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** Where a run of such letters ends. */
export function endOf(run: RegExp, text: string, from: number): number {
  run.lastIndex = from;
  run.test(text);
  return run.lastIndex;
}

export type Beginning = 'string' | 'object' | 'array' | 'word';

/** What begins with a character; undefined where nothing of JSON does. */
export function beginningOf(character: string): Beginning | undefined {
  if (character === '"') return 'string';
  if (character === '{') return 'object';
  if (character === '[') return 'array';
  return /[-0-9tfn]/.test(character) ? 'word' : undefined;
}

export function isContainer(beginning: Beginning): beginning is 'object' | 'array' {
  return beginning === 'object' || beginning === 'array';
}
