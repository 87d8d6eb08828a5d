import type { NameRule } from '../../translation/tool-names.ts';

/** OpenAI takes names of 1 to 64 letters, digits, `_` and `-` (source: OpenAI's API reference). */
export const nameRule: NameRule = {
  accepted: /^[a-zA-Z0-9_-]{1,64}$/,
  wrongCharacters: /[^a-zA-Z0-9_-]/g,
  maxLength: 64,
};
