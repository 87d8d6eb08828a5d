import type { Dialect } from './answers.ts';
import { Filler } from './filler.ts';

export type BodyKilobytes = 1 | 80 | 400;

/**
 * What the bench upstream shall answer; it stands as text in the last user message, because text is what every proxy
 * hands on. `burst`: all at once · `drip`: one event at a time, 2 ms apart · `first`: the first token at once, the rest 5 ms
 * later · `hold`: some events, then silence with the stream open · `flood`: `count` megabytes as fast as they are taken.
 */
export interface AnswerPlan {
  readonly dialect: Dialect;
  readonly mode: 'burst' | 'drip' | 'first' | 'hold' | 'flood';
  readonly count: number;
}

export interface RequestShape {
  readonly kilobytes: BodyKilobytes;
  readonly stream: boolean;
  readonly answer: AnswerPlan;
}

export function answerMark(plan: AnswerPlan): string {
  return `bench-answer:${plan.dialect}:${plan.mode}:${plan.count};`;
}

/** A body of `POST /v1/messages` in the shape in which Claude Code sends it. */
export function messagesBody(shape: RequestShape): string {
  const filler = new Filler(shape.kilobytes);
  const targetBytes = shape.kilobytes * 1024;
  const small = shape.kilobytes === 1;
  const fixed = {
    model: 'claude-opus-4-8',
    max_tokens: small ? 1024 : 32_000,
    ...(small ? {} : agentFields),
    system: small ? 'Answer briefly.' : systemBlocks(filler),
    tools: small ? [readTool] : [readTool, ...Array.from({ length: 23 }, (_, index) => makeTool(filler, index))],
    stream: shape.stream,
  };
  const last = { type: 'text', text: `${answerMark(shape.answer)} ` };
  const left = () => targetBytes - Buffer.byteLength(JSON.stringify({ ...fixed, messages }));
  const messages: object[] = small ? [] : openingMessages(filler);
  if (!small) while (left() > 9000) messages.push(...toolTurn(filler));
  messages.push({ role: 'user', content: [last] });
  // Escapes make text longer in JSON than it is: fill in halves until the size is met closely.
  for (let room = left(); room > 16; room = left()) last.text += filler.prose(Math.ceil(room / 2));
  return JSON.stringify({ ...fixed, messages });
}

/** A whole HTTP/1.1 request with Claude Code's headers, ready to be written to a socket again and again. */
export function httpRequest(port: number, path: string, shape: RequestShape): Uint8Array {
  const body = Buffer.from(messagesBody(shape));
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'connection: keep-alive',
    'accept: application/json',
    'accept-encoding: identity',
    'content-type: application/json',
    'user-agent: claude-cli/2.1.330 (external, cli)',
    'anthropic-version: 2023-06-01',
    'anthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24',
    'x-api-key: bench',
    'x-app: cli',
    'x-claude-code-session-id: 0f6f6f0e-52ac-4a53-9d53-0a6b7f7c9b11',
    'x-stainless-lang: js',
    'x-stainless-retry-count: 0',
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

const agentFields = {
  thinking: { type: 'adaptive', display: 'omitted' },
  output_config: { effort: 'medium' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  metadata: {
    user_id: JSON.stringify({
      device_id: 'b1'.repeat(32),
      account_uuid: '',
      session_id: '0f6f6f0e-52ac-4a53-9d53-0a6b7f7c9b11',
    }),
  },
};

const ephemeral = { type: 'ephemeral' };

function systemBlocks(filler: Filler): object[] {
  return [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330; cc_entrypoint=cli;' },
    { type: 'text', text: filler.prose(60), cache_control: ephemeral },
    { type: 'text', text: filler.prose(9000), cache_control: ephemeral },
  ];
}

function openingMessages(filler: Filler): object[] {
  return [
    {
      role: 'user',
      content: [
        { type: 'text', text: `<system-reminder>\n${filler.prose(1200)}</system-reminder>` },
        { type: 'text', text: filler.prose(300), cache_control: ephemeral },
      ],
    },
    { role: 'system', content: [{ type: 'text', text: filler.prose(700), cache_control: ephemeral }] },
  ];
}

/** An assistant message with one to three calls, and their results. */
function toolTurn(filler: Filler): object[] {
  const calls = Array.from({ length: filler.integer(1, 3) }, () => ({
    type: 'tool_use',
    id: filler.id('toolu_'),
    name: 'Read',
    input: { file_path: `/src/${filler.word()}/${filler.word()}.ts`, offset: filler.integer(1, 400), limit: 200 },
  }));
  const results = calls.map((call) => ({
    type: 'tool_result',
    tool_use_id: call.id,
    content: filler.number() < 0.5 ? filler.source(2000) : [{ type: 'text', text: filler.source(1500) }],
  }));
  return [
    { role: 'assistant', content: [{ type: 'text', text: filler.prose(filler.integer(60, 400)) }, ...calls] },
    { role: 'user', content: results },
  ];
}

const readTool = {
  name: 'Read',
  description: 'Reads a file.',
  input_schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { file_path: { type: 'string' }, offset: { type: 'integer' }, limit: { type: 'integer' } },
    required: ['file_path'],
    additionalProperties: false,
  },
};

function makeTool(filler: Filler, index: number): object {
  const properties: Record<string, object> = {};
  for (let field = 0; field < 6; field++)
    properties[`${filler.pick(fieldNames)}_${field}`] = fieldSchema(filler, field);
  return {
    name: `Tool${String(index).padStart(2, '0')}`,
    description: filler.prose(filler.integer(500, 1400)),
    input_schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, 2),
      additionalProperties: false,
    },
  };
}

const fieldNames = ['path', 'pattern', 'mode', 'limit', 'target', 'options'] as const;

function fieldSchema(filler: Filler, kind: number): object {
  const description = filler.prose(filler.integer(40, 140));
  switch (kind) {
    case 0:
      return { type: 'string', minLength: 1, description };
    case 1:
      return { type: 'integer', exclusiveMinimum: 0, maximum: 600_000, description };
    case 2:
      return { type: 'string', enum: ['content', 'files', 'count'], default: 'files', description };
    case 3:
      return { anyOf: [{ type: 'string', format: 'uri' }, { const: 'none' }], description };
    case 4:
      return {
        type: 'array',
        maxItems: 20,
        description,
        items: {
          type: 'object',
          properties: { label: { type: 'string', pattern: '^[a-z]+$' }, done: { type: 'boolean' } },
          required: ['label'],
          additionalProperties: false,
        },
      };
    default:
      return {
        type: 'object',
        propertyNames: { type: 'string' },
        additionalProperties: { type: 'string' },
        description,
      };
  }
}
