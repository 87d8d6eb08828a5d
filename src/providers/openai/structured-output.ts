import type { JsonSchema } from '../../translation/tool-definition.ts';
import { fitsStrictSubset, isObjectSchema } from './strict-schema.ts';
import type { Translation } from './translation.ts';

export interface StructuredOutput {
  /** undefined: no form is asked for, or only in words. */
  readonly format: OutputFormat | undefined;
  /** A last system line, where the server is not told the schema otherwise. */
  readonly line: string | undefined;
}

export type OutputFormat =
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly name: 'output'; readonly schema: JsonSchema; readonly strict: boolean };

/** The form of the answer that the client asked for. */
export function structuredOutput({ request, dialect, losses }: Translation): StructuredOutput {
  const field = request.output_config?.format ? 'output_config.format' : 'output_format';
  const format = request.output_config?.format ?? request.output_format;
  if (!format) return { format: undefined, line: undefined };
  if (request.output_config?.format && request.output_format) {
    losses.add('output_format', 'output_config.format says the same and counts');
  }
  if (format.type !== 'json_schema') {
    losses.add(field, 'only json_schema is known');
    return { format: undefined, line: undefined };
  }
  const { schema } = format;
  if (dialect.structured === 'json_object') {
    losses.add(field, 'this server enforces JSON, but no schema; the model is told the schema');
    return {
      format: { type: 'json_object' },
      line: `Answer with one JSON object that follows this JSON Schema:\n${JSON.stringify(schema)}`,
    };
  }
  if (dialect.vendorRules && !isObjectSchema(schema)) {
    losses.add(field, 'the server takes no schema but that of one object; the model is told this one');
    return {
      format: undefined,
      line: `Answer with JSON alone, which follows this JSON Schema:\n${JSON.stringify(schema)}`,
    };
  }
  const strict = fitsStrictSubset(schema);
  if (!strict) losses.add(field, 'the schema is outside the subset that can be enforced; the model is only shown it');
  return { format: { type: 'json_schema', name: 'output', schema, strict }, line: undefined };
}
