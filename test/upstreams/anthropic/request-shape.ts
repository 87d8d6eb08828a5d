import { isRecord } from '../json.ts';
import { isOn } from './betas.ts';
import { isMessage, isTool } from './messages-body.ts';
import { expected, invalid, missing, type Refusal, unknownField } from './refusal.ts';

/** Top-level fields → the betas that bring them; none: everybody has them. Source: the official SDK's parameter types. */
const fields: Readonly<Record<string, readonly string[]>> = {
  model: [],
  messages: [],
  system: [],
  tools: [],
  tool_choice: [],
  thinking: [],
  output_config: [],
  cache_control: [],
  speed: [],
  max_tokens: [],
  stream: [],
  stop_sequences: [],
  temperature: [],
  top_p: [],
  top_k: [],
  metadata: [],
  service_tier: [],
  container: [],
  diagnostics: [],
  inference_geo: [],
  billing_policy: ['user-profiles-billing-'],
  compaction: ['compact-2026-09-04'],
  context_management: ['context-management-', 'compact-2026-01-12'],
  fallback_credit_token: ['fallback-credit-'],
  fallbacks: ['server-side-fallback-'],
  mcp_servers: ['mcp-client-'],
  output_format: ['structured-outputs-'],
  safeguards: ['dangerous-tool-use-'],
  thread: ['message-threads-'],
};

/** What counting does without. */
const onlyToAnswer = new Set([
  'max_tokens',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'service_tier',
  'container',
  'diagnostics',
  'inference_geo',
  'fallback_credit_token',
  'fallbacks',
  'safeguards',
  'thread',
]);

const outputConfigFields = ['effort', 'format', 'task_budget'];
const efforts = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Fields the API does not have, ones that are missing, and values of another type than theirs. */
export function shapeRefusal(body: unknown, betas: ReadonlySet<string>, isCount: boolean): Refusal | undefined {
  if (!isRecord(body)) return invalid('The request body is not valid JSON');
  for (const required of isCount ? ['model', 'messages'] : ['model', 'max_tokens', 'messages']) {
    if (body[required] === undefined) return missing(required);
  }
  for (const name of Object.keys(body)) {
    const betasOfField = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const isKnown = betasOfField !== undefined && (betasOfField.length === 0 || isOn(betas, betasOfField));
    if (!isKnown || (isCount && onlyToAnswer.has(name))) return unknownField(name);
  }
  return typeRefusal(body) ?? outputConfigRefusal(body.output_config, 'output_config', outputConfigFields);
}

/** Also judges the one that a message of the role `system` may carry. */
export function outputConfigRefusal(config: unknown, where: string, allowed: readonly string[]): Refusal | undefined {
  if (config === undefined || config === null) return;
  if (!isRecord(config)) return invalid(`${where}: Input should be an object`);
  const unknown = Object.keys(config).find((name) => !allowed.includes(name));
  if (unknown !== undefined) return unknownField(`${where}.${unknown}`);
  const { effort } = config;
  if (effort === undefined || effort === null || efforts.includes(String(effort))) return;
  return expected(`${where}.effort`, efforts);
}

const typeNames = { string: 'string', boolean: 'boolean', number: 'number' } as const;

function typeRefusal(body: Readonly<Record<string, unknown>>): Refusal | undefined {
  const types = { model: 'string', stream: 'boolean', max_tokens: 'number', temperature: 'number' } as const;
  for (const [name, type] of Object.entries(types)) {
    const value = body[name];
    if (value !== undefined && typeof value !== type)
      return invalid(`${name}: Input should be a valid ${typeNames[type]}`);
  }
  const { messages, tools } = body;
  if (!Array.isArray(messages)) return invalid('messages: Input should be a valid list');
  for (const [index, message] of messages.entries()) {
    if (!isMessage(message)) return invalid(`messages.${index}: Input should be a valid dictionary`);
    if (message.content === undefined && message.role !== 'system') return missing(`messages.${index}.content`);
  }
  if (tools === undefined) return;
  if (!Array.isArray(tools)) return invalid('tools: Input should be a valid list');
  const broken = tools.findIndex((tool) => !isTool(tool));
  return broken === -1 ? undefined : invalid(`tools.${broken}: Input should be a valid dictionary`);
}
