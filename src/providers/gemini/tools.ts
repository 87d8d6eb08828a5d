import { isKnownTool } from '../../messages/check-tools.ts';
import type { Tool } from '../../messages/types.ts';
import { notKnown } from '../../translation/losses.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { definitionOf } from '../../translation/tool-definition.ts';
import { type Effort, effortForRequest, type GeminiJsonSchema, jsonSchemaForm } from './json-schema-form.ts';
import { ownForm } from './own-schema-form.ts';
import { rootObject } from './root-object.ts';
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
  const usesOwnForm = !readsJsonSchema(translation);
  const known = rootObject(jsonSchemaForm(schema, usesOwnForm ? 'cut' : 'kept', effort));
  for (const cut of known?.cuts ?? []) losses.add(`${path}.input_schema`, cut);
  let description = said ?? '';
  let parameters = known?.schema;
  const isRefused = context.repairs.some((repair) => repair.kind === 'loosen-tool-schema' && repair.tool === name);
  if (isRefused && parameters !== undefined) {
    // Gemini could not read this one schema, and would refuse every request for it.
    description = `${description}\n\nThe arguments follow this JSON Schema:\n${JSON.stringify(parameters)}`.trimStart();
    parameters = { type: 'object' };
    losses.add(`${path}.input_schema`, 'Gemini cannot read it: it stands in the description and is not enforced');
  }
  return {
    name: names.write(name),
    ...(description === '' ? {} : { description }),
    ...(parameters === undefined ? {} : inForm(parameters, usesOwnForm)),
  };
}

/** Gemini's own form has no object that lists nothing and takes everything. */
function inForm(parameters: GeminiJsonSchema, usesOwnForm: boolean): Partial<FunctionDeclaration> {
  return usesOwnForm ? { parameters: ownForm(parameters) } : { parametersJsonSchema: parameters };
}

function checkToolFields(tool: Tool, path: string, { losses }: Translation): void {
  if (!isKnownTool(tool)) losses.add(`${path}.type`, `${notKnown}; it is offered as a custom tool`);
  for (const [field, value] of Object.entries(tool)) {
    if (value !== null && !Object.hasOwn(toolFields, field)) losses.add(`${path}.${field}`, notKnown);
  }
}
