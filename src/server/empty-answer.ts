import { EventWriter } from '../messages/event-writer.ts';
import type { MessagesRequest, StopReason, Usage } from '../messages/types.ts';
import type { TranslationContext } from '../providers/provider.ts';
import type { Answer } from '../upstream/run-attempts.ts';

type Asked = Pick<MessagesRequest, 'model' | 'context_management'>;

/** `max_tokens: 0` wants the prompt seen and nothing said: there is no word to pay an upstream for. */
export function emptyAnswer(request: Asked, { messageId, inputTokenEstimate }: TranslationContext): Answer {
  return wordlessAnswer(request, messageId, 'max_tokens', { ...nothingUsed, input_tokens: inputTokenEstimate });
}

/** An answer without a block, for which no upstream is asked. */
export function wordlessAnswer(request: Asked, messageId: string, stopReason: StopReason, usage: Usage): Answer {
  const writer = new EventWriter({
    id: messageId,
    model: request.model,
    usage,
    stopSequences: [],
    contextManaged: request.context_management != null,
    isKnownToolId: () => false,
    newToolId: () => '',
  });
  writer.finish({ stopReason, usage, cut: false });
  let said: ReturnType<EventWriter['take']> | undefined = writer.take();
  return {
    async next() {
      const events = said;
      said = undefined;
      return events;
    },
  };
}

export const nothingUsed: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  output_tokens_details: null,
  cache_creation: null,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  server_tool_use: null,
  service_tier: null,
  inference_geo: null,
  iterations: null,
  speed: null,
  fallback_credit: null,
};
