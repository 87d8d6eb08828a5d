import type { MessageEvent } from '../../messages/types.ts';
import type { NameRule } from '../../translation/tool-names.ts';
import type { StreamTranslator, TranslatingProvider } from '../provider.ts';
import { AnswerRepair } from './answer-repair.ts';

/** The same provider, for models whose calls of tools cannot be relied on. `names`: what it does to tools' names. */
export function withCallRepair(provider: TranslatingProvider, names: NameRule): TranslatingProvider {
  return {
    ...provider,
    openStream: (request, target, context) => {
      if (request.tools === undefined || request.tools.length === 0)
        return provider.openStream(request, target, context);
      const repair = new AnswerRepair(request, names, context);
      return new RepairedStream(provider.openStream(request, target, context), repair);
    },
    readAnswer: (body, request, target, context) =>
      new AnswerRepair(request, names, context).repair(provider.readAnswer(body, request, target, context)),
  };
}

class RepairedStream implements StreamTranslator {
  readonly #translator: StreamTranslator;
  readonly #repair: AnswerRepair;

  constructor(translator: StreamTranslator, repair: AnswerRepair) {
    this.#translator = translator;
    this.#repair = repair;
  }

  get state(): StreamTranslator['state'] {
    return this.#translator.state;
  }

  push(event: Parameters<StreamTranslator['push']>[0]): readonly MessageEvent[] {
    return this.#repair.repair(this.#translator.push(event));
  }

  end(): readonly MessageEvent[] {
    return this.#repair.repair(this.#translator.end());
  }
}
