import { test } from 'bun:test';
import {
  answer,
  answered,
  ask,
  called,
  configured,
  declaring,
  expectRule,
  type RuleRow,
  talk,
  thinkingBy,
  withParts,
} from './request-samples.ts';

const hello = withParts({ text: 'Hello' });
const user = { role: 'user', parts: [{ text: 'Hello' }] };
const unknown = (name: string, path: string) =>
  `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`;
const part = 'contents[0].parts[0]';

const rules: readonly RuleRow[] = [
  {
    says: 'a field at the top that nobody knows',
    passes: ask({ safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }] }),
    refused: ask({ max_tokens: 5 }),
    message: 'Invalid JSON payload received. Unknown name "max_tokens": Cannot find field.',
  },
  {
    says: 'a field of another vendor in a part',
    passes: withParts({ text: 'Hello', thought: false }),
    refused: withParts({ text: 'Hello', cache_control: {} }),
    message: unknown('cache_control', part),
  },
  {
    says: 'several unknown fields, all at once',
    passes: hello,
    refused: { ...withParts({ text: 'Hello', a: 1 }), b: 2 },
    message: `${unknown('a', part)}\nInvalid JSON payload received. Unknown name "b": Cannot find field.`,
  },
  {
    says: 'a signature inside the call instead of beside it',
    passes: talk(user, called('f'), answered('f')),
    refused: talk(
      user,
      { role: 'model', parts: [{ functionCall: { name: 'f', thoughtSignature: 'AAAA' } }] },
      answered('f'),
    ),
    message: unknown('thoughtSignature', 'contents[1].parts[0].function_call'),
  },
  {
    says: 'an id of a call on Vertex AI',
    platform: 'vertex',
    passes: talk(user, called('f'), answered('f')),
    refused: talk(user, { role: 'model', parts: [{ functionCall: { name: 'f', id: 'x' } }] }, answered('f')),
    message: unknown('id', 'contents[1].parts[0].function_call'),
  },
  {
    says: 'an id of a response on Vertex AI',
    platform: 'vertex',
    passes: talk(user, called('f'), answered('f')),
    refused: talk(user, called('f'), { role: 'user', parts: [answer('f', { id: 'x' })] }),
    message: unknown('id', 'contents[2].parts[0].function_response'),
  },
  {
    says: 'a call of a built-in tool on Vertex AI',
    platform: 'vertex',
    passes: talk(user, { role: 'model', parts: [{ text: 'x' }] }, user),
    refused: talk(user, { role: 'model', parts: [{ toolCall: { id: 'x' } }] }, user),
    message: unknown('toolCall', 'contents[1].parts[0]'),
  },
  {
    says: 'the flag of server-side tools on Vertex AI',
    platform: 'vertex',
    passes: ask({ toolConfig: { retrievalConfig: { languageCode: 'de' } } }),
    refused: ask({ toolConfig: { includeServerSideToolInvocations: true } }),
    message: unknown('includeServerSideToolInvocations', 'tool_config'),
  },
  {
    says: 'domains to leave out on AI Studio',
    passes: ask({ tools: [{ googleSearch: {} }] }),
    refused: ask({ tools: [{ googleSearch: { excludeDomains: ['a.example'] } }] }),
    message: unknown('excludeDomains', 'tools[0].google_search'),
  },
  {
    says: 'the search for enterprises on AI Studio',
    passes: ask({ tools: [{ urlContext: {} }] }),
    refused: ask({ tools: [{ enterpriseWebSearch: {} }] }),
    message: unknown('enterpriseWebSearch', 'tools[0]'),
  },
  {
    says: 'labels on AI Studio',
    passes: hello,
    refused: ask({ labels: { team: 'x' } }),
    message: 'Invalid JSON payload received. Unknown name "labels": Cannot find field.',
  },
  {
    says: 'streamed arguments on AI Studio',
    passes: declaring({ name: 'f' }),
    refused: {
      ...declaring({ name: 'f' }),
      toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } },
    },
    message: unknown('streamFunctionCallArguments', 'tool_config.function_calling_config'),
  },
  {
    says: 'a JSON Schema keyword in the own form of schemas',
    passes: declaring({ name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } }),
    refused: declaring({
      name: 'f',
      parameters: { type: 'object', properties: { a: { type: 'string', const: 'x' } } },
    }),
    message: unknown('const', 'tools[0].function_declarations[0].parameters.properties[0].value'),
  },
  {
    says: 'two kinds of data in one part',
    passes: talk(user, { role: 'model', parts: [{ text: 'x' }, { functionCall: { name: 'f' } }] }, answered('f')),
    refused: talk(user, { role: 'model', parts: [{ text: 'x', functionCall: { name: 'f' } }] }, answered('f')),
    message:
      "Invalid value at 'contents[1].parts[0]' (oneof), oneof field 'data' is already set. Cannot set 'functionCall'",
  },
  {
    says: 'a text that is a number',
    passes: hello,
    refused: withParts({ text: 5 }),
    message: "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5",
  },
  {
    says: 'a list where one value belongs',
    passes: configured({ temperature: 1 }),
    refused: configured({ temperature: [1] }),
    message:
      'Invalid JSON payload received. Unknown name "temperature" at \'generation_config\': Proto field is not repeating, cannot start list.',
  },
  {
    says: 'a response that is text',
    passes: talk(user, called('f'), { role: 'user', parts: [answer('f', { response: { output: 'x' } })] }),
    refused: talk(user, called('f'), { role: 'user', parts: [answer('f', { response: 'x' })] }),
    message:
      'Invalid value at \'contents[2].parts[0].function_response.response\' (type.googleapis.com/google.protobuf.Struct), "x"',
  },
  {
    says: 'arguments that are a list',
    passes: talk(user, { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] }, answered('f')),
    refused: talk(user, { role: 'model', parts: [{ functionCall: { name: 'f', args: [] } }] }, answered('f')),
    message:
      'Invalid JSON payload received. Unknown name "args" at \'contents[1].parts[0].function_call\': Proto field is not repeating, cannot start list.',
  },
  {
    says: 'a level of thinking that is no word of the API',
    model: 'gemini-3-flash-preview',
    passes: thinkingBy({ thinkingLevel: 'low' }),
    refused: thinkingBy({ thinkingLevel: 'XHIGH' }),
    message:
      'Invalid value at \'generation_config.thinking_config.thinking_level\' (type.googleapis.com/google.ai.generativelanguage.v1beta.Enum), "XHIGH"',
  },
  {
    says: 'broken base64',
    passes: withParts({ inlineData: { mimeType: 'text/plain', data: 'aGVsbG8=' } }),
    refused: withParts({ inlineData: { mimeType: 'text/plain', data: 'data:text/plain;base64,aGVsbG8=' } }),
    message:
      'Invalid value at \'contents[0].parts[0].inline_data.data\' (TYPE_BYTES), Base64 decoding failed for "data:text/plain;base64,aGVsbG8="',
  },
  {
    says: 'a signature that is no base64',
    passes: talk(user, { role: 'model', parts: [{ text: 'x' }] }, user),
    refused: talk(user, { role: 'model', parts: [{ text: 'x', thoughtSignature: 'a.b' }] }, user),
    message:
      'Invalid value at \'contents[1].parts[0].thought_signature\' (TYPE_BYTES), Base64 decoding failed for "a.b"',
  },
  {
    says: 'flat system text in a count on AI Studio',
    method: 'countTokens',
    passes: hello,
    refused: ask({ systemInstruction: { parts: [{ text: 'x' }] } }),
    message: 'Invalid JSON payload received. Unknown name "systemInstruction": Cannot find field.',
  },
  {
    says: 'a whole request in a count on Vertex AI',
    platform: 'vertex',
    method: 'countTokens',
    passes: ask({ systemInstruction: { parts: [{ text: 'x' }] }, tools: [{ functionDeclarations: [{ name: 'f' }] }] }),
    refused: { generateContentRequest: hello },
    message: 'Invalid JSON payload received. Unknown name "generateContentRequest": Cannot find field.',
  },
];

test.each(rules)('refuses $says', expectRule);
