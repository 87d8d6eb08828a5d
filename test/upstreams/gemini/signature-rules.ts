import { allParts } from './content-rules.ts';
import type { Content } from './gemini-request.ts';
import { invalid, type Refusal, unable } from './refusal.ts';
import type { Rule } from './rules.ts';

/** Wherever a signature stands, it must be the one that this part came with. */
const genuine: Rule = ({ request: { contents }, platform, family, rules, signatures }) => {
  if (rules.signatures === 'ignored') return;
  for (const { parts = [] } of contents) {
    for (const [at, part] of parts.entries()) {
      const signature = part.thoughtSignature;
      if (signature === undefined || signatures.skips(signature)) continue;
      if (signatures.fits(signature, part, parts.slice(0, at), family)) continue;
      if (platform === 'ai-studio') return invalid('Corrupted thought signature.');
      return invalid(unable('Thought signature is not valid.'));
    }
  }
  return undefined;
};

const firstCalls: Rule = ({ request: { contents }, platform, family, rules }) => {
  if (family.signatures === 'optional' || rules.signatures === 'ignored') return;
  const from = rules.signedSteps === 'all' ? 0 : currentTurn(contents);
  for (const [index, { parts = [] }] of contents.entries()) {
    const first = parts.findIndex((part) => part.functionCall !== undefined);
    const call = parts[first];
    if (index < from || call === undefined || call.thoughtSignature !== undefined) continue;
    // Sometimes a thought before the call carries the signature, and it is the thought that brings it back.
    const before = parts.slice(0, first);
    if (before.some((part) => part.thought === true && part.thoughtSignature !== undefined)) continue;
    const name = call.functionCall?.name;
    if (platform === 'vertex') {
      return invalid(
        `Unable to submit request because function call \`${name}\` in the ${index + 1}. content block is missing a \`thought_signature\`. Learn more: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures`,
      );
    }
    return invalid(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    );
  }
  return undefined;
};

/** Where the user last wrote something. Text beside a function's response does not begin a turn. */
function currentTurn(contents: readonly Content[]): number {
  return contents.findLastIndex(
    ({ role, parts = [] }) =>
      role !== 'model' &&
      parts.every((part) => part.functionResponse === undefined) &&
      parts.some((part) => (part.text ?? '').trim() !== ''),
  );
}

/** Thoughts that no model of this platform has had. Its own may come back without a signature. */
const foreignThoughts: Rule = ({ request: { contents }, rules, signatures }) => {
  if (rules.unsignedThoughts === 'accept') return;
  for (const [index, { parts = [] }] of contents.entries()) {
    const at = parts.findIndex(
      ({ thought, thoughtSignature, text = '' }) =>
        thought === true && thoughtSignature === undefined && !signatures.knowsThought(text),
    );
    if (at >= 0) return invalid(`Thought part contents[${index}].parts[${at}] is missing a thought_signature.`);
  }
  return undefined;
};

/** A call that was given an id is known by it. */
const callIds: Rule = ({ request: { contents }, rules, signatures }) => {
  if (rules.callIds === 'free') return;
  if (rules.callIds === 'unknown') return unknownId(contents);
  for (const part of contents.flatMap(({ parts = [] }) => parts)) {
    const given = part.thoughtSignature === undefined ? undefined : signatures.callId(part.thoughtSignature);
    if (given === undefined || part.functionCall?.id === given) continue;
    return invalid(
      `Please ensure that function calls keep their ids: expected \`${given}\`, got \`${part.functionCall?.id}\`.`,
    );
  }
  return undefined;
};

function unknownId(contents: readonly Content[]): Refusal | undefined {
  for (const { part, path } of allParts(contents)) {
    const field = part.functionCall?.id === undefined ? 'function_response' : 'function_call';
    if (part.functionCall?.id === undefined && part.functionResponse?.id === undefined) continue;
    const message = `Invalid JSON payload received. Unknown name "id" at '${path}.${field}': Cannot find field.`;
    return invalid(message, [{ field: `${path}.${field}`, description: message }]);
  }
  return undefined;
}

export const signatureRules: readonly Rule[] = [genuine, callIds, firstCalls, foreignThoughts];
