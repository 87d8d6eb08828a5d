import { isRecord } from '../json.ts';
import { allParts, callsOf, callTurnOrder } from './content-rules.ts';
import type { Content, FunctionResponse } from './gemini-request.ts';
import { invalid } from './refusal.ts';
import type { Rule } from './rules.ts';

/** Neighbours of one role count as one turn for text, but not for calls and their responses. */
const callTurns: Rule = ({ request: { contents } }) => {
  for (const [index, content] of contents.entries()) {
    if (callsOf(content) > 0 && contents[index - 1]?.role === 'model') return callTurnOrder;
  }
  return undefined;
};

const responseTurns: Rule = ({ request: { contents } }) => {
  for (const [index, content] of contents.entries()) {
    const calls = callsOf(content);
    const next = contents[index + 1];
    const answered = next === undefined ? 0 : responsesOf(next).length;
    // A request may not end with calls either: they wait for their responses.
    if (calls !== answered) return calls === 0 ? responseTurnOrder : responseCount;
  }
  const first = contents[0];
  return first !== undefined && responsesOf(first).length > 0 ? responseTurnOrder : undefined;
};

const responseTurnOrder = invalid(
  'Please ensure that function response turn comes immediately after a function call turn.',
);
const responseCount = invalid(
  'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
);

/** Who answers what: by place, and from generation 3 on also by name and id. */
const pairs: Rule = ({ request: { contents }, family, platform, rules }) => {
  if (family.generation < 3) return;
  for (const [index, content] of contents.entries()) {
    const calls = content.parts?.flatMap((part) => part.functionCall ?? []) ?? [];
    const next = contents[index + 1];
    if (calls.length === 0 || next === undefined) continue;
    for (const [at, response] of responsesOf(next).entries()) {
      const call = calls[at];
      if (call?.name !== response.name) {
        return invalid(
          `Please ensure that function response parts come in the order of the function call parts: expected \`${call?.name}\`, got \`${response.name}\`.`,
        );
      }
      if (platform === 'ai-studio' && rules.callIds === 'checked' && call?.id !== response.id) {
        return invalid(
          `Please ensure that the id of each function response matches the id of its function call: expected \`${call?.id}\`, got \`${response.id}\`.`,
        );
      }
    }
  }
  return undefined;
};

/** Other parts of a user's content stand behind the responses. */
const responsesFirst: Rule = ({ request: { contents } }) => {
  for (const { parts = [] } of contents) {
    const firstOther = parts.findIndex((part) => part.functionResponse === undefined);
    const lastResponse = parts.findLastIndex((part) => part.functionResponse !== undefined);
    if (firstOther >= 0 && firstOther < lastResponse) return responseCount;
  }
  return undefined;
};

const names: Rule = ({ request: { contents } }) => {
  for (const { part, path } of allParts(contents)) {
    if (part.functionCall !== undefined && (part.functionCall.name ?? '') === '') {
      return invalid(`* GenerateContentRequest.${path}.function_call.name: Name cannot be empty.\n`);
    }
    const { functionResponse: response } = part;
    if (response === undefined) continue;
    if ((response.name ?? '') === '') {
      return invalid(`* GenerateContentRequest.${path}.function_response.name: Name cannot be empty.\n`);
    }
    if (response.response === undefined) {
      return invalid(`* GenerateContentRequest.${path}.function_response.response: response is not specified\n`);
    }
  }
  return undefined;
};

/** A `$ref` in a response points to one of its parts by name; data that happens to have such a member does not. */
const references: Rule = ({ request: { contents } }) => {
  for (const { part } of allParts(contents)) {
    const reference = findReference(part.functionResponse?.response);
    if (reference === undefined) continue;
    return invalid(
      `The referenced name \`${reference}\` in function_response.response does not match to a display_name in the function_response.parts.`,
    );
  }
  return undefined;
};

function findReference(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(findReference).find((found) => found !== undefined);
  if (!isRecord(value)) return;
  if (typeof value.$ref === 'string') return value.$ref;
  return findReference(Object.values(value));
}

function responsesOf({ parts }: Content): readonly FunctionResponse[] {
  return parts?.flatMap((part) => part.functionResponse ?? []) ?? [];
}

export const functionTurnRules: readonly Rule[] = [names, callTurns, responseTurns, responsesFirst, pairs, references];
