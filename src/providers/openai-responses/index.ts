import { ProxyError } from '../../errors/proxy-error.ts';
import { traitsOf } from '../../models/model-traits.ts';
import { dialectOf } from '../openai/dialect.ts';
import { type TranslatingProvider, UpstreamFailure } from '../provider.ts';
import { buildRequest } from './request.ts';
import { tokenCount } from './token-count.ts';

/** The Responses API, as OpenAI, Azure and xAI speak it. */
export const openaiResponses: TranslatingProvider = {
  form: 'translated',
  abilitiesOf(request, target) {
    const traits = traitsOf(target);
    const { files, images } = dialectOf(target);
    const searches = traits.webSearch && request.tool_choice?.type !== 'none';
    return {
      hostedTools: new Set(searches ? ['web_search'] : []),
      pdf: files && traits.files,
      pdfAddresses: files && traits.files,
      images: images !== 'none' && traits.images,
    };
  },
  buildRequest,
  tokenCount,
  openStream() {
    throw new ProxyError('invalid-request', 'the Responses API is not spoken yet');
  },
  readAnswer() {
    return [];
  },
  readError() {
    return new UpstreamFailure('upstream-fault', 'the Responses API is not spoken yet');
  },
};
