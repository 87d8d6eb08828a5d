import type { AnswerFacts } from '../../translation/answer-facts.ts';
import { calledName } from '../../translation/called-name.ts';

/** Models write names as they see them in the code form of their training: `default_api.Read`. */
const modelPrefix = /^default_api[.:]/;

/**
 * The client's name of the tool that a call means. A name that no tool has goes on as it is: the client answers with an
 * error, and the model with another try.
 */
export function readCallName(written: string, facts: AnswerFacts): string {
  const { readToolName, offeredTools } = facts;
  const isOffered = offeredTools.has(readToolName(written));
  return calledName(isOffered ? written : written.replace(modelPrefix, ''), facts);
}
