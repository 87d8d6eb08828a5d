import { errorReader } from '../openai/errors.ts';
import { leaveOutReasoning } from './refused-reasoning.ts';
import { toolTypes } from './tool-types.ts';

/** The errors of the Responses API, as a failed answer and inside a stream. */
export const { readError: readResponsesError, readStreamError: readResponsesStreamError } = errorReader({
  name: 'responses',
  path: '/responses',
  toolTypes,
  withoutReasoning: leaveOutReasoning,
});
