import { type ByteRange, JsonScanner, NotJson } from './json-scanner.ts';

/** The model that a body names, and where: `place` holds the quotes too. */
export interface BodyModel {
  readonly name: string;
  readonly place: ByteRange;
}

/**
 * The top-level `model` of a JSON body, read from as few of its bytes as can be. Where it is a string for JSON.parse this
 * is the same string: of two that stand there the last one counts. Undefined where there is none to be found. Of a body
 * that is refused anyway (no JSON, or a `model` that is no string behind one that is) it may find one all the same.
 */
export function readModel(bytes: Buffer): BodyModel | undefined {
  const first = scan(bytes, 'first');
  // Clients write it first, so the rest is only searched for a second one; that needs no walk over a whole conversation.
  return first === undefined || mayNameModel(bytes, first.at) ? scan(bytes, 'last')?.model : first.model;
}

function scan(bytes: Buffer, which: 'first' | 'last'): { model: BodyModel | undefined; at: number } | undefined {
  let found: { model: BodyModel | undefined; at: number } | undefined;
  try {
    const scanner = new JsonScanner(bytes);
    scanner.eachMember((key) => {
      if (key !== 'model') return true;
      found = { model: stringAt(scanner), at: scanner.at };
      return which === 'last';
    });
  } catch (error) {
    // What is wrong is for the parser or for the upstream to say; a `model` before it is still the best guess.
    if (!(error instanceof NotJson)) throw error;
  }
  return found;
}

function stringAt(scanner: JsonScanner): BodyModel | undefined {
  const isString = scanner.isAtString;
  const place = scanner.skip();
  const name = isString ? scanner.valueOf(place) : undefined;
  return typeof name === 'string' ? { name, place } : undefined;
}

/** The end of the key: a search that begins with the quote would stop at every string. */
const keyEnd = Buffer.from('model"');
/** How every letter of the key begins where it is written as an escape. */
const escapedLetter = Buffer.from('\\u006');

/** Whether a `model` may stand behind `from`, at whatever depth. What is written in a text has backslashes before its quotes. */
function mayNameModel(bytes: Buffer, from: number): boolean {
  if (bytes.indexOf(escapedLetter, from) !== -1) return true;
  for (let at = bytes.indexOf(keyEnd, from); at !== -1; at = bytes.indexOf(keyEnd, at)) {
    const isKey = bytes[at - 1] === 0x22;
    at += keyEnd.length;
    if (!isKey) continue;
    const behind = new JsonScanner(bytes, at);
    if (behind.peek() !== 0x3a) continue;
    behind.at += 1;
    // Schemas have properties of this name, with an object behind it.
    if (behind.isAtString) return true;
  }
  return false;
}
