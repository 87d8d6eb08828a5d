import type { TranslatingProvider } from '../provider.ts';
import { readChatAnswer } from './answer.ts';
import { readChatError } from './errors.ts';
import { buildRequest } from './request.ts';
import { openChatStream } from './stream.ts';

/** Chat Completions, as OpenAI and every compatible server speak it. */
export const openaiChat: TranslatingProvider = {
  form: 'translated',
  buildRequest,
  openStream: openChatStream,
  readAnswer: readChatAnswer,
  readError: readChatError,
};
