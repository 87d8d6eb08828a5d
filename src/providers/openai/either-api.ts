import type { MessagesRequest } from '../../messages/types.ts';
import type { Repair, Target, TranslatingProvider } from '../provider.ts';
import { apiOf, type OpenaiApi } from './api.ts';
import { dialectOf } from './dialect.ts';
import { llamacppCounter, vllmCounter } from './server-counters.ts';

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
    tokenCounter(target) {
      switch (dialectOf(target).tokenCounter) {
        // OpenAI's counter stands beside Responses; it counts for models that are served by Chat Completions too.
        case 'responses':
          return dialects.responses.tokenCounter?.(target);
        case 'vllm':
          return vllmCounter(dialects.chat.buildRequest);
        case 'llamacpp':
          return llamacppCounter(dialects.chat.buildRequest);
        case undefined:
          return undefined;
      }
    },
  };
}
