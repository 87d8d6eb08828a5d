import { isKnownTool } from '../../messages/check-tools.ts';
import type { Tool } from '../../messages/types.ts';
import { notKnown } from '../../translation/losses.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { definitionOf } from '../../translation/tool-definition.ts';
import { type FunctionParameters, functionParameters } from './function-parameters.ts';
import { type Effort, effortForRequest } from './json-schema-form.ts';
import { buildServerTools, serverToolOf } from './server-tools.ts';
import { toolFields } from './tool-types.ts';
import { readsJsonSchema, type Translation } from './translation.ts';
import type { FunctionDeclaration, Tool as WireTool } from './wire.ts';

export interface BuiltTools {
  /** All functions in the first element, in the order of the offer; each of Google's own tools in one of its own. */
  readonly tools: readonly WireTool[];
  /** What the model is told of them beside, for the system's instruction. */
  readonly lines: readonly string[];
}

/** The most that Google takes in a request (source: `Tool.functionDeclarations` in @google/genai). */
const mostFunctions = 512;

/** The offered tools, as functions of the client's and tools of Google's. */
export function buildTools(offered: readonly OfferedTool[], translation: Translation): BuiltTools {
  const functions = offered.filter(({ tool }) => serverToolOf(tool) === undefined);
  const functionDeclarations = buildFunctions(functions, translation);
  const hasFunctions = functionDeclarations.length > 0;
  const server = buildServerTools(offered, hasFunctions, translation);
  return { tools: [...(hasFunctions ? [{ functionDeclarations }] : []), ...server.tools], lines: server.lines };
}

function buildFunctions(offered: readonly OfferedTool[], translation: Translation): readonly FunctionDeclaration[] {
  const { model, losses } = translation;
  const limit = model.functions ? mostFunctions : 0;
  const why = model.functions ? `Gemini takes at most ${mostFunctions} tools` : 'this model calls no tools';
  for (const { path } of offered.slice(limit)) losses.add(path, why);
  const effort = { left: effortForRequest };
  return offered.slice(0, limit).map((entry) => declarationOf(entry, effort, translation));
}

function declarationOf(
  { tool, name, path }: OfferedTool,
  effort: Effort,
  translation: Translation,
): FunctionDeclaration {
  const { names, losses, context } = translation;
  const { description: said, schema } = definitionOf(tool);
  checkToolFields(tool, path, translation);
  const parameters = functionParameters(schema, readsJsonSchema(translation) ? 'json-schema' : 'own', effort);
  for (const cut of parameters?.cuts ?? []) losses.add(`${path}.input_schema`, cut);
  const isRefused = context.repairs.some((repair) => repair.kind === 'loosen-tool-schema' && repair.tool === name);
  const isTold = isRefused && parameters !== undefined;
  if (isTold) {
    losses.add(`${path}.input_schema`, 'Gemini cannot read it: it stands in the description and is not enforced');
  }
  const description = isTold ? withSchema(said, parameters) : said;
  return {
    name: names.write(name),
    ...(description ? { description } : {}),
    ...(parameters === undefined ? {} : inForm(isTold ? anyArguments : parameters, translation)),
  };
}

/** For a schema that Gemini could not read: it would refuse every request for it. */
const anyArguments: FunctionParameters = { jsonSchema: { type: 'object' }, ownSchema: { type: 'OBJECT' }, cuts: [] };

function withSchema(description: string | undefined, { jsonSchema }: FunctionParameters): string {
  const told = `The arguments follow this JSON Schema:\n${JSON.stringify(jsonSchema)}`;
  return description ? `${description}\n\n${told}` : told;
}

function inForm(
  { jsonSchema, ownSchema }: FunctionParameters,
  translation: Translation,
): Pick<FunctionDeclaration, 'parameters' | 'parametersJsonSchema'> {
  if (readsJsonSchema(translation) || ownSchema === undefined) return { parametersJsonSchema: jsonSchema };
  return { parameters: ownSchema };
}

function checkToolFields(tool: Tool, path: string, { losses }: Translation): void {
  if (!isKnownTool(tool)) losses.add(`${path}.type`, `${notKnown}; it is offered as a custom tool`);
  for (const [field, value] of Object.entries(tool)) {
    if (value !== null && !Object.hasOwn(toolFields, field)) losses.add(`${path}.${field}`, notKnown);
  }
}
