import { traitsOf } from '../../models/model-traits.ts';
import { dialectOf } from '../openai/dialect.ts';
import type { TranslatingProvider } from '../provider.ts';
import { readChatAnswer } from './answer.ts';
import { readChatError } from './errors.ts';
import { buildRequest } from './request.ts';
import { openChatStream } from './stream.ts';

/** Chat Completions, as OpenAI and every compatible server speak it. */
export const openaiChat: TranslatingProvider = {
  form: 'translated',
  abilitiesOf(_request, target) {
    const traits = traitsOf(target);
    const { files, images, webSearch } = dialectOf(target);
    return {
      hostedTools: new Set(webSearch === undefined ? [] : ['web_search']),
      pdf: files && traits.files,
      pdfAddresses: false,
      images: images !== 'none' && traits.images,
    };
  },
  buildRequest,
  openStream: openChatStream,
  readAnswer: readChatAnswer,
  readError: readChatError,
};
