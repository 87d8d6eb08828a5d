/** Why a call was refused, in the words and types of Anthropic's API. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** A refusal of what the request says: 400. */
export function invalid(message: string): Refusal {
  return { status: 400, type: 'invalid_request_error', message };
}

export function unauthenticated(message: string): Refusal {
  return { status: 401, type: 'authentication_error', message };
}

export function notFound(message: string): Refusal {
  return { status: 404, type: 'not_found_error', message };
}

export function missing(where: string): Refusal {
  return invalid(`${where}: Field required`);
}

export function unknownField(where: string): Refusal {
  return invalid(`${where}: Extra inputs are not permitted`);
}

/** `'low', 'medium' or 'high'`, as the API lists what it would have taken. */
export function expected(where: string, words: readonly string[]): Refusal {
  const quoted = words.map((word) => `'${word}'`);
  const last = quoted.pop() ?? '';
  const list = quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
  return invalid(`${where}: Input should be ${list}`);
}

/** A `type` that stands for nothing the API knows. */
export function unknownTag(where: string, tag: string, tags: readonly string[]): Refusal {
  const known = tags.map((name) => `'${name}'`).join(', ');
  return invalid(`${where}: Input tag '${tag}' found using 'type' does not match any of the expected tags: ${known}`);
}
