import { ownServerToolStart } from '../messages/envelope.ts';

/** The id of the block that the client sees for a call of the model's; the call's own id stays in it. */
export function serverToolIdOf(toolUseId: string, newId: (prefix: string) => string): string {
  return /^[a-zA-Z0-9_-]{1,100}$/.test(toolUseId) ? ownServerToolStart + toolUseId : newId(ownServerToolStart);
}

/** The id of the call that such a block stands for. Another vendor's is taken as it is. */
export function toolUseIdOf(serverToolId: string): string {
  return serverToolId.startsWith(ownServerToolStart) ? serverToolId.slice(ownServerToolStart.length) : serverToolId;
}
