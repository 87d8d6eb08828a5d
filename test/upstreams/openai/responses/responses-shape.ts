import type { PublishedSchema } from '../request-shape.ts';
import schema from './responses.schema.json' with { type: 'json' };

const published = {
  definitions: schema.$defs,
  partsOfRoot: new Set(['CreateModelResponseProperties', 'ModelResponseProperties', 'ResponseProperties']),
} as const;

/** The request of the Responses API. */
export const responsesSchema: PublishedSchema = { ...published, root: 'CreateResponse' };

/** The request of its counter of tokens. */
export const countSchema: PublishedSchema = { ...published, root: 'CountInputTokens' };
