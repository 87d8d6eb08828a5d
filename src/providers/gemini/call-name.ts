import type { AnswerFacts } from '../../translation/answer-facts.ts';

/** Models write names as they see them in the code form of their training: `default_api.Read`. */
const modelPrefix = /^default_api[.:]/;

/**
 * The client's name of the tool that a call means. A name that no tool has goes on as it is: the client answers with an
 * error, and the model with another try.
 */
export function readCallName(written: string, { readToolName, offeredTools }: AnswerFacts): string {
  const short = written.replace(modelPrefix, '');
  for (const candidate of [written, short]) {
    const name = readToolName(candidate);
    if (offeredTools.has(name)) return name;
  }
  const name = readToolName(short);
  const alike = [...offeredTools].filter((offered) => offered.toLowerCase() === name.toLowerCase());
  return alike.length === 1 && alike[0] !== undefined ? alike[0] : name;
}
