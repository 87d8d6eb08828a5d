import type { MessagesRequest } from '../messages/types.ts';
import { apiOf, type OpenaiApi } from './openai/api.ts';
import { dialectOf } from './openai/dialect.ts';
import type { Repair, Target, TokenCount, TranslatingProvider } from './provider.ts';

/** OpenAI and its like: each request goes out by the API that serves it. */
export function eitherApi(dialects: Readonly<Record<OpenaiApi, TranslatingProvider>>): TranslatingProvider {
  const of = (request: MessagesRequest, target: Target, { repairs }: { readonly repairs: readonly Repair[] }) =>
    dialects[apiOf(request, target, repairs)];
  return {
    form: 'translated',
    abilitiesOf: (request, target, context) => of(request, target, context).abilitiesOf(request, target, context),
    buildRequest: (request, target, context) => of(request, target, context).buildRequest(request, target, context),
    openStream: (request, target, context) => of(request, target, context).openStream(request, target, context),
    readAnswer: (body, request, target, context) =>
      of(request, target, context).readAnswer(body, request, target, context),
    readError: (answer, request, target, context) =>
      of(request, target, context).readError(answer, request, target, context),
    ...counting(dialects.responses.tokenCount),
  };
}

/** OpenAI's counter stands beside Responses; it counts for models that are served by Chat Completions too. */
function counting(tokenCount: TokenCount | undefined): Pick<TranslatingProvider, 'tokenCount'> {
  if (tokenCount === undefined) return {};
  return {
    tokenCount: {
      ...tokenCount,
      buildRequest: (request, target, context) =>
        dialectOf(target).tokenCounter === 'responses' ? tokenCount.buildRequest(request, target, context) : undefined,
    },
  };
}
