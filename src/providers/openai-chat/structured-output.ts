import { fitsStrictSubset, isObjectSchema } from '../openai/strict-schema.ts';
import type { Translation } from '../openai/translation.ts';
import type { ChatBody } from './wire.ts';

export interface StructuredOutput {
  readonly fields: Pick<ChatBody, 'response_format'>;
  /** A last system line, where the server is not told the schema otherwise. */
  readonly line: string | undefined;
}

/** The form of the answer that the client asked for. */
export function structuredOutput({ request, dialect, losses }: Translation): StructuredOutput {
  const field = request.output_config?.format ? 'output_config.format' : 'output_format';
  const format = request.output_config?.format ?? request.output_format;
  if (!format) return { fields: {}, line: undefined };
  if (request.output_config?.format && request.output_format) {
    losses.add('output_format', 'output_config.format says the same and counts');
  }
  if (format.type !== 'json_schema') {
    losses.add(field, 'only json_schema is known');
    return { fields: {}, line: undefined };
  }
  const { schema } = format;
  if (dialect.structured === 'json_object') {
    losses.add(field, 'this server enforces JSON, but no schema; the model is told the schema');
    return {
      fields: { response_format: { type: 'json_object' } },
      line: `Answer with one JSON object that follows this JSON Schema:\n${JSON.stringify(schema)}`,
    };
  }
  if (dialect.vendorRules && !isObjectSchema(schema)) {
    losses.add(field, 'the server takes no schema but that of one object; the model is told this one');
    return {
      fields: {},
      line: `Answer with JSON alone, which follows this JSON Schema:\n${JSON.stringify(schema)}`,
    };
  }
  const strict = fitsStrictSubset(schema);
  if (!strict) losses.add(field, 'the schema is outside the subset that can be enforced; the model is only shown it');
  return {
    fields: { response_format: { type: 'json_schema', json_schema: { name: 'output', schema, strict } } },
    line: undefined,
  };
}
