import type { OutputFormat } from '../openai/structured-output.ts';
import type { ChatBody } from './wire.ts';

/** The form of the answer as Chat Completions writes it. */
export function responseFormat(format: OutputFormat | undefined): Pick<ChatBody, 'response_format'> {
  if (format === undefined) return {};
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } };
  const { name, schema, strict } = format;
  return { response_format: { type: 'json_schema', json_schema: { name, schema, strict } } };
}
