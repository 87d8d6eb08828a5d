import schema from './chat-completions.schema.json' with { type: 'json' };
import type { PublishedSchema } from './request-shape.ts';

/** The request of Chat Completions, as OpenAI has published it. */
export const chatSchema: PublishedSchema = {
  definitions: schema.$defs,
  root: 'CreateChatCompletionRequest',
  partsOfRoot: new Set(['CreateModelResponseProperties', 'ModelResponseProperties']),
};
