import { isRecord } from '../../messages/json.ts';

/** The pieces do not add up to an object: an address that leads nowhere, or more than any call needs. */
export class UnreadableArguments extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'UnreadableArguments';
  }
}

type Container = Record<string, unknown> | unknown[];

const longestInput = 64 * 1024 * 1024;
const deepestPath = 100;

/**
 * Puts together the arguments of a call that come in pieces, each with its place as a JSON Path (`$.edits[0].old`), as
 * Vertex AI streams them. Source: the SDK's `PartialArg`.
 */
export class StreamedArguments {
  readonly #root = newObject();
  /** The path of the string that goes on with the next piece. */
  #open: string | undefined;
  #size = 0;

  get json(): string {
    return JSON.stringify(this.#root);
  }

  /** The `partialArgs` of one part; returns how much longer the arguments have become, in characters. */
  add(pieces: readonly unknown[]): number {
    const before = this.#size;
    for (const piece of pieces) if (isRecord(piece)) this.#addPiece(piece);
    return this.#size - before;
  }

  /** Arguments that came whole beside the pieces. */
  addWhole(args: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(args)) this.#root[name] = value;
  }

  #addPiece(piece: Readonly<Record<string, unknown>>): void {
    const { jsonPath, stringValue, numberValue, boolValue, nullValue, willContinue } = piece;
    if (typeof jsonPath !== 'string') throw new UnreadableArguments('a piece without its place');
    const goesOn = this.#open === jsonPath;
    this.#open = willContinue === true ? jsonPath : undefined;
    const isText = typeof stringValue === 'string' || (willContinue === true && !goesOn);
    const value = isText
      ? (stringValue ?? '')
      : (numberValue ?? boolValue ?? (nullValue === undefined ? undefined : null));
    if (value === undefined) return;
    this.#size += jsonPath.length + (typeof value === 'string' ? value.length : 8);
    if (this.#size > longestInput) throw new UnreadableArguments('arguments of more than 64 MiB');
    const steps = stepsOf(jsonPath);
    const last = steps.pop();
    if (last === undefined) throw new UnreadableArguments('a piece that is no member of an object');
    const place = this.#containerAt(steps, last);
    const present = goesOn ? read(place, last) : undefined;
    write(place, last, typeof present === 'string' && typeof value === 'string' ? present + value : value);
  }

  /** The object or list that the steps lead to, made where it is missing; `last` tells which of the two is needed. */
  #containerAt(steps: readonly Step[], last: Step): Container {
    let place: Container = this.#root;
    for (const [at, step] of steps.entries()) {
      const present = read(place, step);
      if (Array.isArray(present) || isContainer(present)) {
        place = present;
        continue;
      }
      const made: Container = typeof (steps[at + 1] ?? last) === 'number' ? [] : newObject();
      write(place, step, made);
      place = made;
    }
    return place;
  }
}

type Step = string | number;

const stepPattern = /\.([^.[\]'"\s]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** `$.edits[0]['old text']` → `edits`, 0, `old text` (source: RFC 9535, of which only single places make sense here). */
function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  let at = path.startsWith('$') ? 1 : 0;
  // Seen without the `$` and its dot as well.
  const rest = at === 0 && !path.startsWith('[') && !path.startsWith('.') ? `.${path}` : path;
  while (at < rest.length) {
    stepPattern.lastIndex = at;
    const found = stepPattern.exec(rest);
    if (found === null || steps.length >= deepestPath) throw new UnreadableArguments('a place that cannot be read');
    const [, name, index, single, double] = found;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? unescaped(single ?? double ?? ''));
    at = stepPattern.lastIndex;
  }
  return steps;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The escapes are those of JSON, and a quote of either kind. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, sign = '') =>
    code === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Without a prototype: an argument may be called `__proto__`. */
function newObject(): Record<string, unknown> {
  return Object.create(null);
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return isRecord(value);
}

function read(place: Container, step: Step): unknown {
  return Array.isArray(place) ? place[Number(step)] : place[step];
}

function write(place: Container, step: Step, value: unknown): void {
  if (!Array.isArray(place)) {
    place[step] = value;
    return;
  }
  // A list grows at its end: with a gap in it nobody would know what stands there.
  if (typeof step !== 'number' || step > place.length) throw new UnreadableArguments('a list with a gap');
  place[step] = value;
}
