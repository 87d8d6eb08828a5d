import { EventWriter } from '../messages/event-writer.ts';
import type { MessagesRequest, Usage } from '../messages/types.ts';
import type { TranslationContext } from '../providers/provider.ts';
import type { Answer } from '../upstream/run-attempts.ts';

/** `max_tokens: 0` wants the prompt seen and nothing said: there is no word to pay an upstream for. */
export function emptyAnswer(request: MessagesRequest, context: TranslationContext): Answer {
  const usage: Usage = { ...nothingUsed, input_tokens: context.inputTokenEstimate };
  const writer = new EventWriter({
    id: context.messageId,
    model: request.model,
    usage,
    stopSequences: [],
    contextManaged: request.context_management != null,
    isKnownToolId: () => false,
    newToolId: () => context.newId('toolu_'),
  });
  writer.finish({ stopReason: 'max_tokens', usage, cut: false });
  let said: ReturnType<EventWriter['take']> | undefined = writer.take();
  return {
    async next() {
      const events = said;
      said = undefined;
      return events;
    },
  };
}

const nothingUsed: Usage = {
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
