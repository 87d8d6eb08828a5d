import { isKnownTool } from '../../messages/check-tools.ts';
import type { Tool } from '../../messages/types.ts';
import { notKnown } from '../../translation/losses.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { definitionOf } from '../../translation/tool-definition.ts';
import { fitsStrictSubset } from '../openai/strict-schema.ts';
import { cleanToolSchema, isLoosened } from '../openai/tool-schema.ts';
import { toolFields } from '../openai/tool-types.ts';
import { lastRepair, type Translation } from '../openai/translation.ts';
import type { FunctionDefinition, FunctionTool } from './wire.ts';

export interface BuiltTools {
  readonly tools: FunctionTool[];
  /** Whole descriptions of tools whose own had to be cut, for the system text. */
  readonly descriptions: readonly string[];
}

/** The offered tools as functions, in the order of the offer. */
export function buildTools(offered: readonly OfferedTool[], translation: Translation): BuiltTools {
  const { dialect, losses } = translation;
  const limit = dialect.maxTools ?? offered.length;
  for (const { path } of offered.slice(limit)) losses.add(path, `the server takes at most ${limit} tools`);
  const descriptions: string[] = [];
  const maximumLength = lastRepair(translation, 'shorten-tool-descriptions')?.maximumLength;
  const tools = offered.slice(0, limit).map((entry): FunctionTool => {
    const built = buildFunction(entry, translation);
    return { type: 'function', function: shorten(built, maximumLength, descriptions) };
  });
  return { tools, descriptions };
}

function buildFunction({ tool, name, path }: OfferedTool, translation: Translation): FunctionDefinition {
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
  const definition: FunctionDefinition = { name: names.write(name) };
  if (description !== undefined && description !== '') definition.description = description;
  definition.parameters = { ...parameters };
  if ('strict' in tool && tool.strict === true) {
    if (dialect.strictTools && fitsStrictSubset(parameters)) definition.strict = true;
    else
      losses.add(
        `${path}.strict`,
        dialect.strictTools ? outsideSubset : 'this server does not enforce schemas of tools',
      );
  }
  return definition;
}

const outsideSubset = 'the schema is outside the subset that can be enforced';

/** Cuts a description to what the server takes; the whole of it goes where there is no limit. */
function shorten(
  definition: FunctionDefinition,
  maximumLength: number | undefined,
  descriptions: string[],
): FunctionDefinition {
  const { description, name } = definition;
  if (maximumLength === undefined || description === undefined || description.length <= maximumLength)
    return definition;
  descriptions.push(`Full description of the tool ${name}:\n${description}`);
  const note = ' … (in full in the system message)';
  return { ...definition, description: description.slice(0, Math.max(0, maximumLength - note.length)) + note };
}

function checkToolFields(tool: Tool, path: string, { losses }: Translation): void {
  if (!isKnownTool(tool)) losses.add(`${path}.type`, `${notKnown}; it is offered as a custom tool`);
  for (const [field, value] of Object.entries(tool)) {
    if (value !== null && !Object.hasOwn(toolFields, field)) losses.add(`${path}.${field}`, notKnown);
  }
}
