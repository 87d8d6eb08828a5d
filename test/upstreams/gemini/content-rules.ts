import { dataFields } from './fields.ts';
import type { Content, Part, Platform } from './gemini-request.ts';
import { invalid, refused } from './refusal.ts';
import type { Rule } from './rules.ts';

const noContents: Rule = ({ request, platform }) => {
  if (request.contents.length > 0) return;
  return refused(
    platform,
    '* GenerateContentRequest.contents: contents is not specified\n',
    'at least one contents field is required.',
  );
};

const roles: Rule = ({ request }) => {
  const strange = request.contents.find(({ role }) => role !== undefined && role !== 'user' && role !== 'model');
  return strange === undefined ? undefined : invalid('Please use a valid role: user, model.');
};

const firstTurn: Rule = ({ request }) => {
  const first = request.contents[0];
  if (first?.role !== 'model') return;
  if (callsOf(first) > 0) return callTurnOrder;
  return invalid('Please ensure that multiturn requests alternate between user and model, and start with a user turn.');
};

export const callTurnOrder = invalid(
  'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
);

const noParts: Rule = ({ request, platform }) => {
  const empty = request.contents.findIndex(({ parts }) => parts === undefined || parts.length === 0);
  if (empty < 0) return;
  return refused(
    platform,
    `* GenerateContentRequest.contents[${empty}].parts: contents.parts must not be empty.\n`,
    'it must include at least one parts field, which describes the prompt input.',
  );
};

const noData: Rule = ({ request, platform }) => {
  for (const { part, path } of allParts(request.contents)) {
    const fault = dataFault(part, path, platform);
    if (fault !== undefined) return fault;
  }
  for (const [index, part] of (request.systemInstruction?.parts ?? []).entries()) {
    const fault = dataFault(part, `system_instruction.parts[${index}]`, platform);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

function dataFault(part: Part, path: string, platform: Platform) {
  if (!dataFields.some((name) => part[name] !== undefined)) {
    return refused(
      platform,
      `* GenerateContentRequest.${path}.data: required oneof field 'data' must have one initialized field\n`,
      'it must have a parts field with data, which describes the prompt input.',
    );
  }
  if (part.text === '' && platform === 'vertex') {
    return refused(platform, '', 'it has an empty text parameter. Add a value to the parameter and try again.');
  }
  return undefined;
}

/** The system's instruction is text. */
const systemText: Rule = ({ request }) => {
  const { systemInstruction } = request;
  if (systemInstruction === undefined) return;
  if (systemInstruction.parts?.some((part) => part.text === undefined) === true) {
    return invalid('System instruction only supports text parts.');
  }
  if ((systemInstruction.parts?.length ?? 0) > 0) return;
  return invalid('* GenerateContentRequest.system_instruction.parts: contents.parts must not be empty.\n');
};

const userThoughts: Rule = ({ request }) => {
  const index = request.contents.findIndex(
    ({ role, parts }) =>
      role !== 'model' && parts?.some((part) => part.thought === true || part.functionCall !== undefined),
  );
  return index < 0 ? undefined : invalid(`Thoughts and function calls come from the model only: contents[${index}].`);
};

const lastTurn: Rule = ({ request, family }) => {
  if (family.trailingModelTurn || request.contents.at(-1)?.role !== 'model') return;
  return invalid('Requests ending with a model turn are not supported.');
};

/** Every part of a conversation with its place in the API's words. */
export function* allParts(contents: readonly Content[]): Generator<{ readonly part: Part; readonly path: string }> {
  for (const [index, { parts }] of contents.entries()) {
    for (const [at, part] of (parts ?? []).entries()) yield { part, path: `contents[${index}].parts[${at}]` };
  }
}

export function callsOf({ parts }: Content): number {
  return parts?.filter((part) => part.functionCall !== undefined).length ?? 0;
}

export const contentRules: readonly Rule[] = [
  noContents,
  roles,
  noParts,
  noData,
  systemText,
  firstTurn,
  userThoughts,
  lastTurn,
];
