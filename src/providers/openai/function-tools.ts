import { isKnownTool } from '../../messages/check-tools.ts';
import type { Tool } from '../../messages/types.ts';
import { notKnown } from '../../translation/losses.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { definitionOf, type JsonSchema } from '../../translation/tool-definition.ts';
import { fitsStrictSubset } from './strict-schema.ts';
import { cleanToolSchema, isLoosened } from './tool-schema.ts';
import { lastRepair, type Translation } from './translation.ts';

/** A function as the model sees it, before one of the two APIs writes it in its own form. */
export interface FunctionTool {
  /** The server's name of it. */
  readonly name: string;
  readonly description: string | undefined;
  readonly parameters: JsonSchema;
  /** Whether calls are to be held to `parameters`. */
  readonly strict: boolean;
}

export interface BuiltFunctions {
  readonly tools: readonly FunctionTool[];
  /** Whole descriptions of tools whose own had to be cut, for the system text. */
  readonly descriptions: readonly string[];
}

/** The offered tools as functions, in the order of the offer; `maximum` is how many the server takes. */
export function buildFunctions(
  offered: readonly OfferedTool[],
  maximum: number | undefined,
  translation: Translation,
): BuiltFunctions {
  const limit = maximum ?? offered.length;
  for (const { path } of offered.slice(limit)) {
    translation.losses.add(path, `the server takes at most ${limit} tools`);
  }
  const descriptions: string[] = [];
  const maximumLength = lastRepair(translation, 'shorten-tool-descriptions')?.maximumLength;
  const tools = offered
    .slice(0, limit)
    .map((entry) => shorten(buildFunction(entry, translation), maximumLength, descriptions));
  return { tools, descriptions };
}

function buildFunction({ tool, name, path }: OfferedTool, translation: Translation): FunctionTool {
  const { dialect, names, losses, context } = translation;
  const { description: said, schema } = definitionOf(tool);
  let parameters = cleanToolSchema(schema, dialect.schemas);
  if (isLoosened(schema))
    losses.add(`${path}.input_schema`, 'alternatives at its root become one object that allows each');
  let description = said;
  if (context.repairs.some((repair) => repair.kind === 'loosen-tool-schema' && repair.tool === name)) {
    // The server could not read this one schema, and would refuse every request for it.
    description =
      `${description ?? ''}\n\nThe input follows this JSON Schema:\n${JSON.stringify(parameters)}`.trimStart();
    parameters = { type: 'object', properties: {}, additionalProperties: true };
    losses.add(`${path}.input_schema`, 'the server cannot read it: it stands in the description and is not enforced');
  }
  checkToolFields(tool, path, translation);
  return {
    name: names.write(name),
    description: description === '' ? undefined : description,
    parameters,
    strict: 'strict' in tool && tool.strict === true && canEnforce(parameters, path, translation),
  };
}

function canEnforce(parameters: JsonSchema, path: string, { dialect, losses }: Translation): boolean {
  if (dialect.strictTools && fitsStrictSubset(parameters)) return true;
  const why = dialect.strictTools
    ? 'the schema is outside the subset that can be enforced'
    : 'this server does not enforce schemas of tools';
  losses.add(`${path}.strict`, why);
  return false;
}

/** Cuts a description to what the server takes; the whole of it goes where there is no limit. */
function shorten(tool: FunctionTool, maximumLength: number | undefined, descriptions: string[]): FunctionTool {
  const { description, name } = tool;
  if (maximumLength === undefined || description === undefined || description.length <= maximumLength) return tool;
  descriptions.push(`Full description of the tool ${name}:\n${description}`);
  const note = ' … (in full in the system message)';
  return { ...tool, description: description.slice(0, Math.max(0, maximumLength - note.length)) + note };
}

function checkToolFields(tool: Tool, path: string, { losses, tables }: Translation): void {
  if (!isKnownTool(tool)) losses.add(`${path}.type`, `${notKnown}; it is offered as a custom tool`);
  for (const [field, value] of Object.entries(tool)) {
    if (value !== null && !tables.toolFields.has(field)) losses.add(`${path}.${field}`, notKnown);
  }
}
