import type { Translation } from '../openai/translation.ts';
import type { ChatBody } from './wire.ts';

/** The request's field behind each of ours, to name in a loss what the client asked for. */
const asked: ReadonlyMap<string, string> = new Map([
  ['max_tokens', 'max_tokens'],
  ['max_completion_tokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['top_k', 'top_k'],
  ['reasoning_effort', 'output_config.effort'],
  ['reasoning', 'output_config.effort'],
  ['thinking', 'thinking'],
  ['enable_thinking', 'thinking'],
  ['chat_template_kwargs', 'thinking'],
  ['response_format', 'output_config.format'],
  ['tool_choice', 'tool_choice'],
  ['service_tier', 'service_tier'],
]);

/**
 * Takes out, renames and lowers what this upstream has refused. The repairs that change how something is said, and not
 * whether, are read where it is said.
 */
export function applyRepairs(body: ChatBody, { context, losses }: Translation): object {
  if (context.repairs.length === 0) return body;
  const fields = new Map<string, unknown>(Object.entries(body));
  for (const repair of context.repairs) {
    switch (repair.kind) {
      case 'omit-parameter': {
        const field = asked.get(repair.parameter);
        if (fields.delete(repair.parameter) && field !== undefined) {
          losses.add(field, `the upstream refuses ${repair.parameter}`);
        }
        break;
      }
      case 'rename-parameter':
        if (fields.has(repair.parameter)) {
          fields.set(repair.to, fields.get(repair.parameter));
          fields.delete(repair.parameter);
        }
        break;
      case 'plain-answer':
        fields.delete('stream');
        fields.delete('stream_options');
        break;
      case 'limit-output-tokens':
      case 'limit-context':
      case 'effort-words':
      case 'shorten-tool-descriptions':
      case 'loosen-tool-schema':
      case 'return-reasoning':
      case 'drop-reasoning':
        break;
    }
  }
  return Object.fromEntries(fields);
}
