import { createHash } from 'node:crypto';
import { isRecord } from '../../messages/json.ts';
import { isAttribution } from '../../translation/system-text.ts';
import type { Translation } from './translation.ts';

/** Names the conversation, so that upstream looks for its prefix where it was cached. The same turn after turn. */
export function conversationKey({ context, request, target }: Translation): string {
  const session = context.sessionId ?? sessionInMetadata(request.metadata?.user_id) ?? firstWords(request);
  return sha256Hex([session, context.agentId ?? '', target.model].join('\0')).slice(0, 32);
}

/** Who the user is, to a vendor that may know no more of it than that it is the same user. */
export function safetyIdentifier({ request }: Translation): string | undefined {
  const userId = request.metadata?.user_id;
  if (userId === undefined || userId === null) return undefined;
  const { account_uuid: account, device_id: device } = toldInMetadata(userId) ?? {};
  // With the session in it, every session would look like another user.
  const known = [account, device].filter((id) => typeof id === 'string' && id !== '');
  return sha256Hex(known.length === 0 ? userId : JSON.stringify(known));
}

function sessionInMetadata(userId: string | null | undefined): string | undefined {
  const session = toldInMetadata(userId)?.session_id;
  return typeof session === 'string' ? session : undefined;
}

/** Claude Code puts a JSON text into `user_id`, with the ids of session, account and device. */
function toldInMetadata(userId: string | null | undefined): Readonly<Record<string, unknown>> | undefined {
  if (!userId?.startsWith('{')) return undefined;
  try {
    const told: unknown = JSON.parse(userId);
    return isRecord(told) ? told : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What a conversation begins with stays the same for as long as it lasts. */
function firstWords({ system, messages }: Translation['request']): string {
  const first = messages.find(({ role }) => role === 'user')?.content ?? '';
  return [textOf(system ?? ''), textOf(first)].join('\0');
}

function textOf(content: string | readonly object[]): string {
  if (typeof content === 'string') return content;
  return content
    .map((block) => ('text' in block && typeof block.text === 'string' ? block.text : ''))
    .filter((text) => !isAttribution(text))
    .join('\n');
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
