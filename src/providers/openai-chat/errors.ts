import { errorReader } from '../openai/errors.ts';
import { toolTypes } from '../openai/tool-types.ts';
import { leaveOutReasoning } from './refused-reasoning.ts';

/** The errors of Chat Completions, as a failed answer and inside a stream. */
export const { readError: readChatError, readStreamError: readChatStreamError } = errorReader({
  name: 'chat',
  path: '/chat/completions',
  toolTypes,
  withoutReasoning: leaveOutReasoning,
});
