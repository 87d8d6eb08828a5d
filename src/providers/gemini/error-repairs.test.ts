import { describe, expect, test } from 'bun:test';
import { gemini, testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { Repair } from '../provider.ts';
import { readGeminiError } from './errors.ts';

const longName = `mcp__${'a_tool_with_a_long_name_'.repeat(6)}`;
const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 100_000,
  messages: [{ role: 'user', content: 'Go on.' }],
  tools: [
    { type: 'web_search_20250305', name: 'web_search' },
    { name: 'Read', input_schema: { type: 'object' } },
    { name: 'Bash', input_schema: { type: 'object' } },
    { name: longName, input_schema: { type: 'object' } },
  ],
};

function repairOf(message: string, changes: Partial<MessagesRequest> = {}, repairs: readonly Repair[] = []) {
  const body = JSON.stringify({ error: { code: 400, status: 'INVALID_ARGUMENT', message } });
  const answer = { status: 400, headers: new Headers(), body };
  return readGeminiError(answer, { ...request, ...changes }, gemini, { ...testContext(), repairs }).repair;
}

const invalid = 'Invalid JSON payload received. ';
const forModel = <const K>(repair: K) => ({ scope: 'model', ...repair }) as const;
const once = <const K>(repair: K) => ({ scope: 'request', ...repair }) as const;
const omitted = (parameter: string) => forModel({ kind: 'omit-parameter', parameter });

describe('what a refusal asks for', () => {
  test.each<[string, Repair | undefined]>([
    [`${invalid}Unknown name "topK" at 'generation_config': Cannot find field.`, omitted('generationConfig.topK')],
    [
      `${invalid}Unknown name "thinking_level" at 'generation_config.thinking_config': Cannot find field.`,
      omitted('generationConfig.thinkingConfig.thinkingLevel'),
    ],
    [`${invalid}Unknown name "safetySettings": Cannot find field.`, omitted('safetySettings')],
    [
      `${invalid}Unknown name "includeServerSideToolInvocations" at 'tool_config': Cannot find field.`,
      omitted('toolConfig.includeServerSideToolInvocations'),
    ],
    [
      `${invalid}Unknown name "responseJsonSchema" at 'generation_config': Cannot find field.`,
      forModel({ kind: 'own-schema-form' }),
    ],
    [
      `${invalid}Unknown name "pattern" at 'generation_config.response_schema': Cannot find field.`,
      forModel({ kind: 'plain-answer' }),
    ],
    [
      `${invalid}Unknown name "id" at 'contents[1].parts[0].function_call': Cannot find field.`,
      forModel({ kind: 'omit-call-ids' }),
    ],
    [
      `${invalid}Unknown name "id" at 'contents[2].parts[0].function_response': Cannot find field.`,
      forModel({ kind: 'omit-call-ids' }),
    ],
    [
      `${invalid}Unknown name "thoughtSignature" at 'contents[1].parts[0]': Cannot find field.`,
      forModel({ kind: 'drop-reasoning' }),
    ],
    [`${invalid}Unknown name "mood" at 'contents[1].parts[0]': Cannot find field.`, undefined],
    [`${invalid}Unknown name "contents": Cannot find field.`, undefined],
    [
      `${invalid}Unknown name "parametersJsonSchema" at 'tools[0].function_declarations[0]': Cannot find field.`,
      forModel({ kind: 'own-schema-form' }),
    ],
    [
      `${invalid}Unknown name "exclusiveMinimum" at 'tools[0].function_declarations[1].parameters.properties[0].value': Cannot find field.`,
      forModel({ kind: 'loosen-tool-schema', tool: 'Bash' }),
    ],
    [
      '* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[lines].items: missing field.',
      forModel({ kind: 'loosen-tool-schema', tool: 'Read' }),
    ],
    [
      "Unable to submit request because `Bash` functionDeclaration `parameters.command` schema didn't specify the schema type field.",
      forModel({ kind: 'loosen-tool-schema', tool: 'Bash' }),
    ],
    [
      "Invalid value at 'tools[0].function_declarations[0].parameters.type', 'tools[0].function_declarations[1].parameters.type'",
      forModel({ kind: 'own-schema-form' }),
    ],
    ['The function parameters schema is not valid: unsupported type field.', forModel({ kind: 'own-schema-form' })],
    [
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Additional data, function call `default_api:Read`, position 2.',
      once({ kind: 'skip-signatures' }),
    ],
    ['Corrupted thought signature.', once({ kind: 'skip-signatures' })],
    ['Cannot fetch content from the provided URL.', once({ kind: 'addresses-as-text' })],
    [
      'Cannot fetch content from the provided URL. Please ensure the URL is valid and accessible by Vertex AI. URL_ROBOTED-ROBOTED_DENIED',
      once({ kind: 'addresses-as-text' }),
    ],
    ['Thought signature is not valid: Base64 decoding failed.', once({ kind: 'skip-signatures' })],
    [
      'The specified schema produces a constraint that has too many states for serving.',
      once({ kind: 'unforced-calls' }),
    ],
    [
      'Thinking level MINIMAL is not supported for this model. Supported levels: LOW, HIGH.',
      forModel({ kind: 'effort-words', words: ['low', 'high'] }),
    ],
    [
      'Unable to submit request because thinking_level MEDIUM is not supported by this model. Learn more: https://cloud.google.com/vertex-ai/docs',
      forModel({ kind: 'effort-words', words: ['minimal', 'low', 'high'] }),
    ],
    [
      'You can only set only one of thinking budget and thinking level.',
      omitted(`generationConfig.thinkingConfig.thinkingBudget`),
    ],
    ['Thinking level is not supported for this model.', omitted('generationConfig.thinkingConfig.thinkingLevel')],
    [
      'Budget 0 is invalid. This model only works in thinking mode.',
      omitted('generationConfig.thinkingConfig.thinkingBudget'),
    ],
    [
      'The thinking budget 50000 is invalid. Please choose a value between 512 and 24576.',
      omitted('generationConfig.thinkingConfig.thinkingBudget'),
    ],
    [
      'Unable to submit request because thinking_budget and thinking_level are not supported together.',
      omitted('generationConfig.thinkingConfig.thinkingBudget'),
    ],
    ['Thinking is not enabled for models/gemini-x.', omitted('generationConfig.thinkingConfig')],
    [
      'Unable to submit request because Thinking_config.include_thoughts is only enabled when thinking is enabled.',
      omitted('generationConfig.thinkingConfig'),
    ],
    [
      'Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.',
      forModel({ kind: 'limit-output-tokens', maximum: 65_536 }),
    ],
    ['max_output_tokens must be at most 8192.', forModel({ kind: 'limit-output-tokens', maximum: 8_192 })],
    [
      'Unable to submit request because it has a topK value of 100 but the supported range is from 1 (inclusive) to 41 (exclusive).',
      once({ kind: 'omit-parameter', parameter: 'generationConfig.topK' }),
    ],
    ["Function calling with a response mime type: 'application/json' is unsupported", once({ kind: 'plain-answer' })],
    ['JSON mode is not enabled for models/gemma-3', forModel({ kind: 'plain-answer' })],
    ['Invalid JSON schema in response_json_schema: recursion.', once({ kind: 'plain-answer' })],
    ['User has requested a restricted HarmBlockThreshold setting BLOCK_NONE.', omitted('safetySettings')],
    ["Invalid value at 'safety_settings[4].category' (type.googleapis.com/HarmCategory)", omitted('safetySettings')],
    [
      'Invalid value at \'tool_config.function_calling_config.mode\' (Mode), "VALIDATED"',
      forModel({ kind: 'unforced-calls' }),
    ],
    ['Request contains an invalid argument.', undefined],
    ['Unable to process input image. Please retry or report.', undefined],
  ])('%s', (message, repair) => {
    expect(repairOf(message)).toEqual(repair);
  });

  test('a tool is told by the client’s name, also where Gemini knows it by another', () => {
    expect(repairOf('tools[0].function_declarations[2].parameters: bad type')).toMatchObject({ tool: longName });
  });

  test('too many states: the schema of the answer gives way, where no call was forced', () => {
    const message = 'The specified schema produces a constraint that has too many states for serving.';
    const output_config = { format: { type: 'json_schema', schema: { type: 'object' } } } as const;
    expect(repairOf(message, { output_config })).toMatchObject({ kind: 'plain-answer' });
    expect(repairOf(message, { output_config, tool_choice: { type: 'any' } })).toMatchObject({
      kind: 'unforced-calls',
    });
  });
});

describe('what has been done is not asked for again', () => {
  test.each<[string, Repair]>([
    ['Corrupted thought signature.', { kind: 'skip-signatures', scope: 'request' }],
    [
      `${invalid}Unknown name "topK" at 'generation_config': Cannot find field.`,
      { kind: 'omit-parameter', scope: 'model', parameter: 'generationConfig.topK' },
    ],
    [
      'tools[0].function_declarations[0].parameters: bad type',
      { kind: 'loosen-tool-schema', scope: 'model', tool: 'Read' },
    ],
    ['max_output_tokens must be at most 8192.', { kind: 'limit-output-tokens', scope: 'model', maximum: 8_192 }],
  ])('%s', (message, applied) => {
    expect(repairOf(message)).toEqual(applied);
    expect(repairOf(message, {}, [applied])).toBeUndefined();
  });

  test('a second level that is refused leaves fewer', () => {
    const learned: Repair = { kind: 'effort-words', scope: 'model', words: ['low', 'high'] };
    expect(repairOf('Thinking level LOW is not supported for this model.', {}, [learned])).toEqual({
      ...learned,
      words: ['high'],
    });
  });

  test('in Gemini’s own form tools are loosened one by one', () => {
    const message =
      'tools[0].function_declarations[0].parameters tools[0].function_declarations[1].parameters: bad type';
    const ownForm: Repair = { kind: 'own-schema-form', scope: 'model' };
    expect(repairOf(message)).toEqual(ownForm);
    expect(repairOf(message, {}, [ownForm])).toMatchObject({ kind: 'loosen-tool-schema', tool: 'Read' });
  });
});

test('a failure that is not about the request asks for nothing', () => {
  const body = JSON.stringify({ error: { code: 503, status: 'UNAVAILABLE', message: 'thinking_level' } });
  const failure = readGeminiError({ status: 503, headers: new Headers(), body }, request, gemini, testContext());
  expect(failure.repair).toBeUndefined();
});
