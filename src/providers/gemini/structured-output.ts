import { writeJson } from '../../translation/well-formed-json.ts';
import { jsonSchemaForm } from './json-schema-form.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { GenerationConfig } from './wire.ts';

export interface StructuredOutput {
  readonly fields: Pick<GenerationConfig, 'responseMimeType' | 'responseJsonSchema'>;
  /** A last line of the conversation, where Gemini is not told the schema otherwise. */
  readonly line: string | undefined;
}

const none: StructuredOutput = { fields: {}, line: undefined };

/** The form of the answer that the client asked for. `hasTools`: not every model holds an answer to a schema beside them. */
export function structuredOutput(hasTools: boolean, translation: Translation): StructuredOutput {
  const { request, losses } = translation;
  const field = request.output_config?.format ? 'output_config.format' : 'output_format';
  const format = request.output_config?.format ?? request.output_format;
  if (!format) return none;
  if (request.output_config?.format && request.output_format) {
    losses.add('output_format', 'output_config.format says the same and counts');
  }
  if (format.type !== 'json_schema') {
    losses.add(field, 'only json_schema is known');
    return none;
  }
  const hindrance = hindranceOf(hasTools, translation);
  if (hindrance === undefined) {
    const { schema, cuts } = jsonSchemaForm(format.schema);
    for (const cut of cuts) losses.add(field, cut);
    return { fields: { responseMimeType: 'application/json', responseJsonSchema: schema }, line: undefined };
  }
  losses.add(field, `${hindrance.why}; the model is told the schema`);
  return {
    fields: hindrance.takesJson ? { responseMimeType: 'application/json' } : {},
    line: `Answer with JSON alone, which follows this JSON Schema:\n${writeJson(format.schema)}`,
  };
}

interface Hindrance {
  readonly why: string;
  /** Whether the answer can at least be held to JSON. */
  readonly takesJson: boolean;
}

function hindranceOf(hasTools: boolean, translation: Translation): Hindrance | undefined {
  const { model } = translation;
  if (hasTools && !model.schemaWithFunctions) {
    return { why: 'this model holds no answer to a form while tools are offered', takesJson: false };
  }
  if (lastRepair(translation, 'plain-answer')) {
    return { why: 'the upstream refuses the schema of the answer', takesJson: false };
  }
  if (!model.jsonSchema || lastRepair(translation, 'own-schema-form')) {
    return { why: 'this model takes no JSON Schema', takesJson: true };
  }
  return undefined;
}
