import { writeJson } from '../../translation/well-formed-json.ts';
import { argumentNamesOf, sameNames } from './argument-names.ts';
import { jsonSchemaForm } from './json-schema-form.ts';
import { ownSchemaForm } from './own-schema-form.ts';
import { lastRepair, readsJsonSchema, type Translation } from './translation.ts';
import type { GenerationConfig, Schema } from './wire.ts';

export interface StructuredOutput {
  readonly fields: Pick<GenerationConfig, 'responseMimeType' | 'responseJsonSchema' | 'responseSchema'>;
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
  if (hindrance !== undefined) {
    losses.add(field, `${hindrance}; the model is told the schema`);
    return { fields: {}, line: lineOf(format.schema) };
  }
  const responseMimeType = 'application/json';
  if (readsJsonSchema(translation)) {
    const { schema, cuts } = jsonSchemaForm(format.schema);
    for (const cut of cuts) losses.add(field, cut);
    return { fields: { responseMimeType, responseJsonSchema: schema }, line: undefined };
  }
  const responseSchema = ownAnswerSchema(format.schema);
  if (responseSchema !== undefined) return { fields: { responseMimeType, responseSchema }, line: undefined };
  losses.add(field, 'this model takes no JSON Schema; the model is told the schema');
  return { fields: { responseMimeType }, line: lineOf(format.schema) };
}

/** Why the answer cannot be held to any schema, nor to JSON. */
function hindranceOf(hasTools: boolean, translation: Translation): string | undefined {
  if (hasTools && !translation.model.schemaWithFunctions) {
    return 'this model holds no answer to a form while tools are offered';
  }
  return lastRepair(translation, 'plain-answer') && 'the upstream refuses the schema of the answer';
}

function lineOf(schema: unknown): string {
  return `Answer with JSON alone, which follows this JSON Schema:\n${writeJson(schema)}`;
}

/** undefined: Gemini's own form cannot say the schema, and an answer held to what it can say would follow another one. */
function ownAnswerSchema(schema: unknown): Schema | undefined {
  if (argumentNamesOf([schema]) !== sameNames) return undefined;
  const { schema: own, cuts } = ownSchemaForm(schema);
  return cuts.length === 0 && saysAll(own) ? own : undefined;
}

/** An object that lists no properties may have any, but an answer held to it has none. */
function saysAll({ type, properties, items, anyOf = [] }: Schema): boolean {
  if (type === 'OBJECT' && properties === undefined) return false;
  return [...Object.values(properties ?? {}), ...(items === undefined ? [] : [items]), ...anyOf].every(saysAll);
}
