import type { NameRule } from '../../translation/tool-names.ts';

/**
 * Gemini takes names of 1 to 128 letters, digits, `_`, `.`, `:` and `-` that begin with a letter or `_` (source:
 * `FunctionDeclaration` in @google/genai). Dots and colons are not used: models write calls as `default_api.name`.
 */
export const nameRule: NameRule = {
  accepted: /^[a-zA-Z_][a-zA-Z0-9_-]{0,127}$/,
  // A first character that may only stand further on becomes `_`, like those that may stand nowhere.
  wrongCharacters: /^[^a-zA-Z_]|[^a-zA-Z0-9_-]/g,
  maxLength: 128,
};
