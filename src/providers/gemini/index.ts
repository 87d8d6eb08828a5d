import type { TranslatingProvider } from '../provider.ts';
import { abilitiesOf } from './abilities.ts';
import { readGeminiAnswer } from './answer.ts';
import { readGeminiError } from './errors.ts';
import { buildRequest } from './request.ts';
import { openGeminiStream } from './stream.ts';
import { tokenCount } from './token-count.ts';

/** `generateContent`, as the Gemini API (AI Studio) and Vertex AI speak it. */
export const gemini: TranslatingProvider = {
  form: 'translated',
  abilitiesOf,
  buildRequest,
  openStream: openGeminiStream,
  readAnswer: readGeminiAnswer,
  readError: readGeminiError,
  tokenCounter: () => tokenCount,
};
