import { isRecord } from '../../messages/json.ts';
import type { Translation } from './translation.ts';
import type { GenerateContentBody } from './wire.ts';

/** The request's fields behind each of Gemini's, to name in a loss what the client asked for. */
const asked: ReadonlyMap<string, readonly string[]> = new Map([
  ['generationConfig.temperature', ['temperature']],
  ['generationConfig.topP', ['top_p']],
  ['generationConfig.topK', ['top_k']],
  ['generationConfig.maxOutputTokens', ['max_tokens']],
  ['generationConfig.thinkingConfig', ['thinking', 'output_config.effort']],
  ['generationConfig.thinkingConfig.includeThoughts', ['thinking']],
  ['generationConfig.thinkingConfig.thinkingBudget', ['thinking', 'output_config.effort']],
  ['generationConfig.thinkingConfig.thinkingLevel', ['thinking', 'output_config.effort']],
  ['generationConfig.responseMimeType', ['output_config.format', 'output_format']],
  ['generationConfig.responseJsonSchema', ['output_config.format', 'output_format']],
  ['generationConfig.responseSchema', ['output_config.format', 'output_format']],
  ['toolConfig', ['tool_choice']],
  ['toolConfig.functionCallingConfig', ['tool_choice']],
]);

/**
 * Takes out what this upstream has refused. The repairs that change how something is said, and not whether, are read where
 * it is said; so is a refusal of `safetySettings`, which have a weaker form.
 */
export function applyRepairs(body: GenerateContentBody, { request, context, losses }: Translation): object {
  let repaired: object = body;
  for (const repair of context.repairs) {
    if (repair.kind !== 'omit-parameter' || repair.parameter === 'safetySettings') continue;
    const without = omit(repaired, repair.parameter.split('.'));
    if (without === repaired) continue;
    repaired = without;
    for (const field of asked.get(repair.parameter) ?? []) {
      if (isSaid(request, field)) losses.add(field, `the upstream refuses ${repair.parameter}`);
    }
  }
  return repaired;
}

/** A copy without the field at `path`; the same object where there is none. */
function omit(record: object, [field = '', ...rest]: readonly string[]): object {
  const fields = new Map<string, unknown>(Object.entries(record));
  const value = fields.get(field);
  if (rest.length === 0) {
    if (!fields.delete(field)) return record;
  } else {
    const without = isRecord(value) ? omit(value, rest) : value;
    if (without === value) return record;
    fields.set(field, without);
  }
  return Object.fromEntries(fields);
}

/** A loss names something that is in the request. */
function isSaid(request: object, field: string): boolean {
  let found: unknown = request;
  for (const step of field.split('.')) found = isRecord(found) ? found[step] : undefined;
  return found !== undefined && found !== null;
}
