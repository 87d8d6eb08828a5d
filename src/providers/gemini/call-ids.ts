// The Gemini API gives each call an id from generation 3 on and wants it back; Vertex AI has none and refuses any. So
// the `tool_use` id tells whether there was one: it is the one thing that every client returns.

const plain = 'toolu_g_';
const encoded = 'toolu_h_';

/** The `tool_use` id of a call that Gemini has given an id; only letters, digits, `_` and `-`, as the Messages API wants. */
export function toolUseIdOf(callId: string): string {
  if (/^[a-zA-Z0-9_-]{1,100}$/.test(callId)) return plain + callId;
  return encoded + Buffer.from(callId).toString('base64url');
}

/** Gemini's own id of a call; undefined for calls it gave none, and for those of other vendors. */
export function callIdOf(toolUseId: string): string | undefined {
  if (toolUseId.startsWith(plain)) return toolUseId.slice(plain.length);
  if (toolUseId.startsWith(encoded)) return Buffer.from(toolUseId.slice(encoded.length), 'base64url').toString();
  return undefined;
}
