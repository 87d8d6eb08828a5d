import { isRecord } from '../../messages/json.ts';
import { writeJson } from '../../translation/well-formed-json.ts';

/** The input of a call as `arguments`. Servers read them as an object; anything else they refuse. */
export function writeArguments(input: unknown): string {
  if (input === undefined || input === null) return '{}';
  return writeJson(isRecord(input) ? input : { input });
}
