import { declarationsOf, type FunctionDeclaration, type Tool } from './gemini-request.ts';
import { invalid, type Refusal } from './refusal.ts';
import type { Rule, Ruling } from './rules.ts';
import { jsonSchemaFault, ownSchemaFault } from './schema-rules.ts';

const maxDeclarations = 512;
const namePattern = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/;
const forcing = ['ANY', 'VALIDATED'];

const declarationCount: Rule = ({ request }) => {
  const { length } = declarationsOf(request);
  if (length <= maxDeclarations) return;
  return invalid(
    `* GenerateContentRequest.tools[0].function_declarations: at most ${maxDeclarations} function declarations are supported, but got ${length}\n`,
  );
};

const declarations: Rule = (ruling) => {
  const seen = new Set<string>();
  for (const [index, tool] of (ruling.request.tools ?? []).entries()) {
    for (const [at, declaration] of (tool.functionDeclarations ?? []).entries()) {
      const path = `tools[${index}].function_declarations[${at}]`;
      const { name = '' } = declaration;
      if (!namePattern.test(name)) {
        return invalid(
          `* GenerateContentRequest.${path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`,
        );
      }
      if (seen.has(name)) return invalid(`Duplicate function declaration found: ${name}`);
      seen.add(name);
      const refusal = parametersRefusal(declaration, path, ruling);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function parametersRefusal(
  { parameters, parametersJsonSchema }: FunctionDeclaration,
  path: string,
  { family, platform, rules }: Ruling,
): Refusal | undefined {
  if (parameters !== undefined && parametersJsonSchema !== undefined) {
    return invalid(
      `* GenerateContentRequest.${path}: parameters_json_schema must not be set when parameters is set.\n`,
    );
  }
  if (parameters !== undefined) return ownSchemaFault(parameters, `${path}.parameters`, platform);
  if (parametersJsonSchema === undefined) return;
  if (!family.jsonSchema || rules.jsonSchema === 'refuse') {
    const name = 'parameters_json_schema';
    const message = `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`;
    return invalid(message, [{ field: path, description: message }]);
  }
  return jsonSchemaFault(parametersJsonSchema, `${path}.parameters_json_schema`, rules.jsonSchema);
}

const callingConfig: Rule = ({ request, rules }) => {
  const config = request.toolConfig?.functionCallingConfig;
  if (config === undefined) return;
  const declared = declarationsOf(request);
  if (declared.length === 0) return invalid('Function calling config is set without function_declarations.');
  const { mode = 'AUTO', allowedFunctionNames: allowed = [] } = config;
  if (allowed.length > 0 && !forcing.includes(mode)) {
    return invalid('Allowed function names can only be set when the function calling mode is ANY or VALIDATED.');
  }
  const strange = allowed.find((name) => !declared.some((declaration) => declaration.name === name));
  if (strange !== undefined) {
    return invalid(`Allowed function name \`${strange}\` is not one of the function declarations.`);
  }
  const held = allowed.length === 0 ? declared : declared.filter(({ name }) => allowed.includes(name ?? ''));
  if (!forcing.includes(mode) || JSON.stringify(held).length <= rules.maxForcedSchemaLength) return;
  return invalid(
    'The specified schema produces a constraint that has too many states for serving. Typical causes of this error are schemas with lots of text (for example, very long property or enum names), schemas with long array length limits (especially when nested), or schemas using complex value matchers (for example, integers or numbers with minimum/maximum bounds or strings with complex formats like date-time)',
  );
};

const builtIns: Rule = ({ request, family, platform }) => {
  const { tools = [], toolConfig } = request;
  const isMixed = declarationsOf(request).length > 0 && tools.some(isBuiltIn);
  if (!isMixed) return;
  if (!family.builtInWithFunctions) return invalid('Tool use with function calling is unsupported');
  if (platform === 'vertex') return;
  if (toolConfig?.includeServerSideToolInvocations !== true) {
    return invalid(
      'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
    );
  }
  const mode = toolConfig.functionCallingConfig?.mode ?? 'VALIDATED';
  if (mode !== 'AUTO') return;
  return invalid('Function calling mode AUTO is not supported together with Built-in tools.');
};

/** Each built-in tool is an element of its own. */
const oneToolEach: Rule = ({ request }) => {
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const set = Object.keys(tool).filter((name) => tool[name] !== undefined);
    if (set.length === 1) continue;
    if (set.length === 0)
      return invalid(
        `* GenerateContentRequest.tools[${index}].tool_type: required one_of 'tool_type' must have one initialized field\n`,
      );
    return invalid(
      `* GenerateContentRequest.tools[${index}].tool_type: one_of 'tool_type' has more than one initialized field: ${set.join(', ')}\n`,
    );
  }
  return undefined;
};

function isBuiltIn(tool: Tool): boolean {
  return Object.keys(tool).some((name) => name !== 'functionDeclarations');
}

export const toolRules: readonly Rule[] = [oneToolEach, declarationCount, declarations, callingConfig, builtIns];
