import { traitsOf } from '../../models/model-traits.ts';
import { dialectOf } from '../openai/dialect.ts';
import type { TranslatingProvider } from '../provider.ts';
import { readResponsesAnswer } from './answer.ts';
import { readResponsesError } from './errors.ts';
import { buildRequest } from './request.ts';
import { openResponsesStream } from './stream.ts';
import { tokenCount } from './token-count.ts';
import { searchesWeb } from './web-search-tool.ts';

/** The Responses API, as OpenAI, Azure and xAI speak it. */
export const openaiResponses: TranslatingProvider = {
  form: 'translated',
  abilitiesOf(_request, target, { repairs }) {
    const traits = traitsOf(target);
    const { files, images } = dialectOf(target);
    return {
      hostedTools: new Set(searchesWeb(traits, repairs) ? ['web_search'] : []),
      pdf: files && traits.files,
      pdfAddresses: files && traits.files,
      images: images !== 'none' && traits.images,
    };
  },
  buildRequest,
  tokenCounter: () => tokenCount,
  openStream: openResponsesStream,
  readAnswer: readResponsesAnswer,
  readError: readResponsesError,
};
