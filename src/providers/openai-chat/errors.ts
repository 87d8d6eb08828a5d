import { errorReader } from '../openai/errors.ts';
import { toolTypes } from '../openai/tool-types.ts';

/** The errors of Chat Completions, as a failed answer and inside a stream. */
export const { readError: readChatError, readStreamError: readChatStreamError } = errorReader({
  name: 'chat',
  path: '/chat/completions',
  toolTypes,
  // Of this conversation only: the next one has reasoning of its own.
  withoutReasoning: () => ({ kind: 'drop-reasoning', scope: 'request' }),
});
