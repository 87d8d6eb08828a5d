// Finding the marks of a marked request again: in what goes upstream, or among its losses.

/** Left out, and no answer can differ for it. */
const cannotChangeTheAnswer: readonly RegExp[] = [
  /(?:^|\.)cache_control\./,
  /^(?:diagnostics|billing_policy|fallback_credit_token)(?:\.|$)/,
  // What only Anthropic could read, and labels that pair its own blocks.
  /\.(?:encrypted_content|signature)$/,
  /^messages\.\d+\.content\.\d+\.(?:from|to|trigger)(?:\.|$)/,
  /^thinking\.block_binding\./,
  // The cited words stand in the text themselves.
  /\.text\.citations\.|\.citations\.\d+\.cited_text$/,
  // Names and remarks for people who read the schema.
  /\.(?:\$schema|\$comment)$/,
];
/** Served in another way than by sending it; the unit tests show how. */
const emulated: readonly RegExp[] = [
  /^stop_sequences\./,
  /^metadata\.user_id$/,
  // Hashed where the server takes only short ones, and left out where it wants but its own.
  /^messages\.\d+\.content\.\d+\.(?:id|tool_use_id)$/,
];

/** The marks of `request` that are neither in `text` nor in `lost`, and that somebody could miss, by their places. */
export function silentlyLost(request: object, text: string, lost: readonly string[]): readonly string[] {
  const silent: string[] = [];
  for (const { mark, path } of marksIn(request, '')) {
    const isCarried = text.includes(mark) || isListed(path, lost);
    if (!isCarried && ![...cannotChangeTheAnswer, ...emulated].some((pattern) => pattern.test(path))) silent.push(path);
  }
  return silent;
}

/** Every marked text of a request: its value, or the key it is. */
function* marksIn(value: unknown, path: string): Generator<{ mark: string; path: string }> {
  if (typeof value === 'string') {
    if (/^mark\d+x$/.test(value)) yield { mark: value, path };
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const innerPath = path === '' ? key : `${path}.${key}`;
      if (/^mark\d+x$/.test(key)) yield { mark: key, path: innerPath };
      yield* marksIn(inner, innerPath);
    }
  }
}

function isListed(path: string, lost: readonly string[]): boolean {
  return lost.some((field) => path === field || path.startsWith(`${field}.`));
}

/** What a loss names: undefined where the request has no such thing. */
export function valueAt(request: object, field: string): unknown {
  let found: unknown = request;
  for (const step of field.split('.')) found = Object(found)[step];
  return found;
}
