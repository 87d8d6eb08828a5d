export interface Instruction {
  readonly name: string;
  /** Everything behind the name, its lines joined. */
  readonly text: string;
  /** The name of the stage it stands in. */
  readonly stage: string | undefined;
}

/** The instructions of a Dockerfile in their order, comments left out. */
export function parseDockerfile(text: string): readonly Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replace(/\\\n\s*/g, '');
  let stage: string | undefined;
  return joined.split('\n').flatMap((line) => {
    const [, name, rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    if (name === 'FROM') stage = / AS (\w+)$/.exec(rest)?.[1];
    return [{ name, text: rest.trim(), stage }];
  });
}

/**
 * Whether `.dockerignore` lets a file through to the builder: of several rules that fit it or a folder above it, the last one
 * decides, and `!` lets in again. Throws where a rule means one thing to one engine and another to the next.
 */
export function readDockerignore(text: string): (file: string) => boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.some((line) => /^!.*\*/.test(line)))
    throw new Error('a wildcard behind ! does not reach below folders everywhere');
  const rules = lines.map((line) => ({ lets: line.startsWith('!'), glob: new Bun.Glob(line.replace(/^!/, '')) }));
  return (file) => {
    const parts = file.split('/');
    const andAbove = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    return rules.findLast(({ glob }) => andAbove.some((path) => glob.match(path)))?.lets ?? true;
  };
}
