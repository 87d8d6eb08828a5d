import type { ChatMessage } from './chat-request.ts';
import { badRequest, type Refusal, tooLong, tooMany } from './refusal.ts';
import type { Rule } from './rules.ts';
import { nameRefusal } from './tool-rules.ts';

const maxCallsPerMessage = 128;
const maxTextLength = 10_485_760;

const contents: Rule = ({ body, rules }) => {
  for (const [index, message] of body.messages.entries()) {
    const refusal = contentRefusal(message, index) ?? callsRefusal(message, index, rules.maxCallIdLength);
    if (refusal !== undefined) return refusal;
    if (message.role === 'developer' && !rules.developerRole) {
      const text = `Unexpected role 'developer'. Supported roles are: 'system', 'user', 'assistant', and 'tool'.`;
      return badRequest(`messages[${index}].role`, 'invalid_value', text);
    }
  }
  return undefined;
};

function contentRefusal(message: ChatMessage, index: number): Refusal | undefined {
  const { content } = message;
  const param = `messages.[${index}].content`;
  if (typeof content === 'string' && content.length > maxTextLength)
    return tooLong(param, maxTextLength, content.length);
  if (typeof content === 'object' && content?.length === 0) {
    const text = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
    return badRequest(param, 'empty_array', text);
  }
  if (content !== null && content !== undefined) return;
  const speaks = message.tool_calls !== undefined || message.function_call !== undefined;
  if (message.role === 'assistant' && (speaks || typeof message.refusal === 'string')) return;
  return badRequest(param, null, `Invalid value for 'content': expected a string, got null.`);
}

function callsRefusal(message: ChatMessage, index: number, maxIdLength: number): Refusal | undefined {
  const calls = message.tool_calls;
  if (message.tool_call_id !== undefined && message.tool_call_id.length > maxIdLength) {
    return tooLong(`messages[${index}].tool_call_id`, maxIdLength, message.tool_call_id.length);
  }
  if (calls === undefined) return;
  const param = `messages[${index}].tool_calls`;
  if (calls.length === 0) {
    const text = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
    return badRequest(param, 'empty_array', text);
  }
  if (calls.length > maxCallsPerMessage) return tooMany(param, maxCallsPerMessage, calls.length);
  const ids = new Set<string>();
  for (const [at, call] of calls.entries()) {
    if (call.id.length > maxIdLength) return tooLong(`${param}[${at}].id`, maxIdLength, call.id.length);
    if (ids.has(call.id)) {
      return badRequest(`${param}[${at}].id`, 'invalid_value', `Duplicate value for 'tool_call_id' of '${call.id}'.`);
    }
    ids.add(call.id);
    const refusal = nameRefusal(call.function.name, `${param}[${at}].function.name`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Every call has its result, directly behind the message that made it, and no result is without a call. */
const pairs: Rule = ({ body }) => {
  let open: string[] = [];
  let callsAt = 0;
  const unanswered = (): Refusal | undefined => {
    if (open.length === 0) return;
    const text = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`;
    return badRequest(`messages.[${callsAt}].role`, null, text);
  };
  for (const [index, message] of body.messages.entries()) {
    if (message.role === 'tool') {
      const at = open.indexOf(message.tool_call_id ?? '');
      if (at === -1) {
        const text = `Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.`;
        return badRequest(`messages.[${index}].role`, null, text);
      }
      open = open.filter((_id, other) => other !== at);
      continue;
    }
    const refusal = unanswered();
    if (refusal !== undefined) return refusal;
    open = (message.tool_calls ?? []).map((call) => call.id);
    callsAt = index;
  }
  return unanswered();
};

const alternation: Rule = ({ body, rules }) => {
  if (rules.alternation === 'free') return;
  let last = '';
  for (const [index, { role, tool_calls: calls }] of body.messages.entries()) {
    if (role === 'system' && index > 0) {
      return badRequest('messages', null, 'System message must be at the beginning.');
    }
    // As Mistral's templates count: calls and their results stand between the turns.
    if (calls !== undefined || (role !== 'user' && role !== 'assistant')) continue;
    if (role === last || (last === '' && role === 'assistant')) {
      return badRequest('messages', null, 'Conversation roles must alternate user/assistant/user/assistant/...');
    }
    last = role;
  }
  return undefined;
};

const reasoningReturned: Rule = ({ body, rules }) => {
  const field = rules.mustReturnReasoning;
  if (field === undefined) return;
  const at = body.messages.findIndex(
    (message) => message.tool_calls !== undefined && typeof message[field] !== 'string',
  );
  if (at === -1) return;
  return badRequest(null, 'invalid_request_error', `The ${field} in the thinking mode must be passed back to the API.`);
};

export const messageRules: readonly Rule[] = [contents, pairs, alternation, reasoningReturned];
