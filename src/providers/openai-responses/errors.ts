import { errorReader } from '../openai/errors.ts';
import { toolTypes } from '../openai/tool-types.ts';
import { leaveOutReasoning } from './refused-reasoning.ts';

/** The errors of the Responses API, as a failed answer and inside a stream. */
export const { readError: readResponsesError, readStreamError: readResponsesStreamError } = errorReader({
  name: 'responses',
  path: '/responses',
  toolTypes,
  withoutReasoning: leaveOutReasoning,
});
