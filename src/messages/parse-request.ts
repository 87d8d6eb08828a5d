import { ProxyError } from '../errors/proxy-error.ts';
import { checkBlocks, checkTextOrBlocks } from './check-blocks.ts';
import { checkTools } from './check-tools.ts';
import { check, checkFields, refuse } from './field-checks.ts';
import { isDeeper, isRecord } from './json.ts';
import type { MessagesRequest, RequestField } from './types.ts';

/** The most the Messages API takes in one request. */
const maxMessages = 100_000;
/** Far beyond every tool's arguments and schemas. */
const maxDepth = 1_000;

/**
 * Reads a body of `POST /v1/messages`: the only parse on the way. The very object that JSON.parse made comes back, its
 * known fields checked and its unknown ones still there. Throws `invalid-request` naming the first wrong field.
 */
export function parseMessagesRequest(text: string): MessagesRequest {
  const body = parseJson(text);
  checkRequest(body);
  return body;
}

/** The same for `count_tokens`, whose body has no `max_tokens`; it is 0 then. */
export function parseCountTokensRequest(text: string): MessagesRequest {
  const body = parseJson(text);
  if (isRecord(body) && (body.max_tokens === undefined || body.max_tokens === null)) {
    Object.assign(body, { max_tokens: 0 });
  }
  checkRequest(body);
  return body;
}

/** Top-level fields that the SDK does not know, in the body's order. */
export function unknownFieldsOf(request: MessagesRequest): readonly string[] {
  return Object.keys(request).filter((field) => !Object.hasOwn(fieldChecks, field));
}

function parseJson(text: string): unknown {
  const body = parsed(text);
  if (isDeeper(body, maxDepth)) refuse('body', `Input should be nested at most ${maxDepth} levels deep`);
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text.
    if (error instanceof SyntaxError) throw new ProxyError('invalid-request', 'body: Input should be valid JSON');
    throw error;
  }
}

function checkRequest(body: unknown): asserts body is MessagesRequest {
  if (!isRecord(body)) refuse('body', 'Input should be an object');
  for (const field of requiredFields) if (body[field] === undefined) refuse(field, 'Field required');
  for (const [field, checkField] of checksInOrder) {
    const value = body[field];
    // An optional field that is null is absent; every reader may then rely on the type.
    if (value === null && !requiredFields.includes(field)) Reflect.deleteProperty(body, field);
    else if (value !== undefined) checkField(value, field);
  }
}

type Check = (value: unknown, field: string) => void;

const string: Check = (value, field) => check(value, 'string', field);
const number: Check = (value, field) => check(value, 'number', field);
const integer: Check = (value, field) => check(value, 'integer', field);
const boolean: Check = (value, field) => check(value, 'boolean', field);
const object: Check = (value, field) => check(value, 'object', field);
const array: Check = (value, field) => check(value, 'array', field);
/** Nothing of it is used: whatever it is, it is refused or lost as a whole. */
const anything: Check = () => undefined;

const requiredFields: readonly string[] = ['model', 'messages', 'max_tokens'] satisfies RequestField[];

/** Every field the SDK knows: a new one is missing here, and fails the compilation. */
const fieldChecks: Readonly<Record<RequestField, Check>> = {
  model: string,
  messages: checkMessages,
  max_tokens: checkMaxTokens,
  system: (value) => checkTextOrBlocks(value, ['system']),
  stream: boolean,
  stop_sequences: checkStopSequences,
  tools: checkTools,
  tool_choice: checkToolChoice,
  thinking: checkThinking,
  output_config: checkOutputConfig,
  output_format: (value) => checkFormat(value, 'output_format'),
  metadata: checkMetadata,
  service_tier: string,
  speed: string,
  inference_geo: string,
  cache_control: anything,
  context_management: object,
  mcp_servers: array,
  container: anything,
  compaction: anything,
  thread: anything,
  fallbacks: anything,
  fallback_credit_token: anything,
  billing_policy: anything,
  diagnostics: anything,
  temperature: number,
  top_p: number,
  top_k: integer,
};
const checksInOrder = Object.entries(fieldChecks);

function checkMaxTokens(value: unknown): void {
  check(value, 'integer', 'max_tokens');
  if (Number(value) < 0) refuse('max_tokens', 'Input should be greater than or equal to 0');
}

function checkMessages(value: unknown): void {
  if (!Array.isArray(value)) refuse('messages', 'Input should be a valid array');
  if (value.length === 0) refuse('messages', 'at least one message is required');
  if (value.length > maxMessages) refuse('messages', `at most ${maxMessages} messages are allowed`);
  for (let index = 0; index < value.length; index++) checkMessage(value[index], index);
}

function checkMessage(message: unknown, index: number): void {
  if (!isRecord(message)) refuse(['messages', index], 'Input should be an object');
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    refuse(
      ['messages', index, 'role'],
      role === undefined ? 'Field required' : "Input should be 'user', 'assistant' or 'system'",
    );
  }
  if (content === undefined || content === null) {
    if (role !== 'system') refuse(['messages', index, 'content'], 'Field required');
    // A system message may carry settings alone.
    Object.assign(message, { content: [] });
  } else if (Array.isArray(content)) {
    checkBlocks(content, ['messages', index, 'content']);
  } else if (typeof content !== 'string') {
    refuse(['messages', index, 'content'], 'Input should be a valid string or array');
  }
  if (role === 'system' && isRecord(message.output_config)) {
    checkFields(message.output_config, [['effort', 'string', 'optional']], ['messages', index, 'output_config']);
  }
}

function checkStopSequences(value: unknown): void {
  if (!Array.isArray(value)) refuse('stop_sequences', 'Input should be a valid array');
  value.forEach((sequence, index) => {
    check(sequence, 'string', ['stop_sequences', index]);
  });
}

const toolChoices: readonly unknown[] = ['auto', 'any', 'tool', 'none'];

function checkToolChoice(value: unknown): void {
  if (!isRecord(value)) refuse('tool_choice', 'Input should be an object');
  if (!toolChoices.includes(value.type)) {
    refuse(
      'tool_choice.type',
      value.type === undefined ? 'Field required' : "Input should be 'auto', 'any', 'tool' or 'none'",
    );
  }
  checkFields(
    value,
    [
      ['name', 'string', value.type === 'tool' ? 'required' : 'optional'],
      ['disable_parallel_tool_use', 'boolean', 'optional'],
    ],
    ['tool_choice'],
  );
}

function checkThinking(value: unknown): void {
  if (!isRecord(value)) refuse('thinking', 'Input should be an object');
  checkFields(
    value,
    [
      ['type', 'string', 'required'],
      ['budget_tokens', 'integer', value.type === 'enabled' ? 'required' : 'optional'],
      ['display', 'string', 'optional'],
    ],
    ['thinking'],
  );
}

function checkOutputConfig(value: unknown): void {
  if (!isRecord(value)) refuse('output_config', 'Input should be an object');
  checkFields(
    value,
    [
      ['effort', 'string', 'optional'],
      ['format', 'object', 'optional'],
    ],
    ['output_config'],
  );
  if (isRecord(value.format)) checkFormat(value.format, 'output_config.format');
}

function checkFormat(value: unknown, field: string): void {
  if (!isRecord(value)) refuse(field, 'Input should be an object');
  checkFields(
    value,
    [
      ['type', 'string', 'required'],
      ['schema', 'object', value.type === 'json_schema' ? 'required' : 'optional'],
    ],
    [field],
  );
}

function checkMetadata(value: unknown): void {
  if (!isRecord(value)) refuse('metadata', 'Input should be an object');
  checkFields(value, [['user_id', 'string', 'optional']], ['metadata']);
}
