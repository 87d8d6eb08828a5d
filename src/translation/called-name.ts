import type { AnswerFacts } from './answer-facts.ts';

/**
 * The client's name of the tool that a model calls. One that differs in letter case only is meant; any other goes on as
 * it is: the client answers with an error, and the model with another try.
 */
export function calledName(
  written: string,
  { readToolName, offeredTools }: Pick<AnswerFacts, 'readToolName' | 'offeredTools'>,
): string {
  const name = readToolName(written);
  if (offeredTools.has(name)) return name;
  const alike = [...offeredTools].filter((offered) => offered.toLowerCase() === name.toLowerCase());
  return alike.length === 1 && alike[0] !== undefined ? alike[0] : name;
}
