/** Why a call was refused, in the words and codes of OpenAI's API. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** A refusal of what the request says: 400. */
export function badRequest(param: string | null, code: string | null, message: string): Refusal {
  return { status: 400, message, type: 'invalid_request_error', param, code };
}

export function unsupportedParameter(param: string, advice = ''): Refusal {
  const message = `Unsupported parameter: '${param}' is not supported with this model.${advice}`;
  return badRequest(param, 'unsupported_parameter', message);
}

export function tooLong(param: string, maximum: number, length: number): Refusal {
  const message = `Invalid '${param}': string too long. Expected a string with maximum length ${maximum}, but got a string with length ${length} instead.`;
  return badRequest(param, 'string_above_max_length', message);
}

export function tooMany(param: string, maximum: number, length: number): Refusal {
  const message = `Invalid '${param}': array too long. Expected an array with maximum length ${maximum}, but got an array with length ${length} instead.`;
  return badRequest(param, 'array_above_max_length', message);
}

/** `'low', 'medium', and 'high'`. */
export function wordList(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  const last = quoted.at(-1) ?? '';
  if (quoted.length <= 1) return last;
  return quoted.length === 2 ? quoted.join(' and ') : `${quoted.slice(0, -1).join(', ')}, and ${last}`;
}
