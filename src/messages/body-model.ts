import { type ByteRange, JsonScanner, NotJson } from './json-scanner.ts';

/** The model that a body names, and where: `place` holds the quotes too. */
export interface BodyModel {
  readonly name: string;
  readonly place: ByteRange;
}

/**
 * The top-level `model` of a JSON body, read from as few of its bytes as can be: of two that stand there the first one
 * that is a string counts, though JSON.parse takes the last. Looking for a second one would mean to go through a whole
 * conversation for a body that nobody writes. Undefined where there is none to be found. Of a body that is no JSON it may
 * find one all the same.
 */
export function readModel(bytes: Buffer): BodyModel | undefined {
  let found: BodyModel | undefined;
  try {
    const scanner = new JsonScanner(bytes);
    scanner.eachMember((key) => {
      if (key === 'model') found = stringAt(scanner);
      return found === undefined;
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
