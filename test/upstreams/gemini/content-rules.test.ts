import { test } from 'bun:test';
import {
  answer,
  answered,
  ask,
  asked,
  called,
  calledById,
  expectRule,
  pixel,
  type RuleRow,
  said,
  talk,
  withParts,
} from './request-samples.ts';

const responseCount =
  'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
const callOrder =
  'Please ensure that function call turn comes immediately after a user turn or after a function response turn.';
const responseOrder = 'Please ensure that function response turn comes immediately after a function call turn.';
const gemini3 = { model: 'gemini-3-flash-preview' };
const byId = (id: string, name = 'Read') => answer(name, { id });
const user = (...parts: Record<string, unknown>[]) => ({ role: 'user', parts });
const png = { inlineData: { mimeType: 'image/png', data: pixel } };

const rules: readonly RuleRow[] = [
  {
    says: 'no contents at all',
    passes: talk(asked),
    refused: talk(),
    message: 'contents: contents is not specified',
  },
  {
    says: 'no contents on Vertex AI',
    platform: 'vertex',
    passes: talk(asked),
    refused: talk(),
    message: 'at least one contents field is required.',
  },
  {
    says: 'a role of another vendor',
    passes: talk(asked, said({ text: 'x' }), asked),
    refused: talk(asked, { role: 'assistant', parts: [{ text: 'x' }] }, asked),
    message: 'Please use a valid role: user, model.',
  },
  {
    says: 'a conversation that the model begins',
    passes: talk(asked, said({ text: 'x' }), asked),
    refused: talk(said({ text: 'x' }), asked),
    message: 'Please ensure that multiturn requests alternate between user and model, and start with a user turn.',
  },
  {
    says: 'a content without parts',
    passes: talk(asked, said({ text: 'x' }), asked),
    refused: talk(asked, said(), asked),
    message: 'contents[1].parts: contents.parts must not be empty.',
  },
  {
    says: 'a content without parts on Vertex AI',
    platform: 'vertex',
    passes: talk(asked, said({ text: 'x' }), asked),
    refused: talk(asked, said(), asked),
    message: 'it must include at least one parts field, which describes the prompt input.',
  },
  {
    says: 'an empty text on Vertex AI',
    platform: 'vertex',
    passes: withParts({ text: ' ' }),
    refused: withParts({ text: '' }),
    message: 'it has an empty text parameter. Add a value to the parameter and try again.',
  },
  {
    says: 'a part that holds nothing but a signature',
    passes: talk(asked, said({ text: 'x' }), asked),
    refused: talk(asked, said({ thoughtSignature: 'AAAA' }), asked),
    message: "contents[1].parts[0].data: required oneof field 'data' must have one initialized field",
  },
  {
    says: 'a picture in the system text',
    passes: ask({ systemInstruction: { parts: [{ text: 'x' }] } }),
    refused: ask({ systemInstruction: { parts: [png] } }),
    message: 'System instruction only supports text parts.',
  },
  {
    says: 'an empty system text',
    passes: ask({ systemInstruction: { parts: [{ text: 'x' }] } }),
    refused: ask({ systemInstruction: { parts: [] } }),
    message: 'system_instruction.parts: contents.parts must not be empty.',
  },
  {
    says: 'a call by the user',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk({ role: 'user', parts: [{ functionCall: { name: 'f' } }] }, answered('f')),
    message: 'Thoughts and function calls come from the model only: contents[0].',
  },
  {
    says: 'a model turn at the end, by the newest models',
    model: 'gemini-3.7-flash',
    passes: talk(asked, said({ text: 'x' }), asked),
    refused: talk(asked, said({ text: 'x' })),
    message: 'Requests ending with a model turn are not supported.',
  },
  {
    says: 'a call that begins the conversation',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk(called('f'), answered('f')),
    message: callOrder,
  },
  {
    says: 'a call directly behind another model turn',
    passes: talk(asked, said({ text: 'x' }), asked, called('f'), answered('f')),
    refused: talk(asked, said({ text: 'x' }), called('f'), answered('f')),
    message: callOrder,
  },
  {
    says: 'a call without a response',
    passes: talk(asked, called('f', 'g'), answered('f', 'g')),
    refused: talk(asked, called('f', 'g'), answered('f')),
    message: responseCount,
  },
  {
    says: 'a call at the end',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk(asked, called('f')),
    message: responseCount,
  },
  {
    says: 'responses in two contents',
    passes: talk(asked, called('f', 'g'), answered('f', 'g')),
    refused: talk(asked, called('f', 'g'), answered('f'), answered('g')),
    message: responseCount,
  },
  {
    says: 'a response that nobody has asked for',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk(asked, said({ text: 'x' }), answered('f')),
    message: responseOrder,
  },
  {
    says: 'a response at the beginning',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk(answered('f'), said({ text: 'x' }), asked),
    message: responseOrder,
  },
  {
    says: 'text before the responses',
    passes: talk(asked, called('f'), user(answer('f'), { text: 'x' })),
    refused: talk(asked, called('f'), user({ text: 'x' }, answer('f'))),
    message: responseCount,
  },
  {
    ...gemini3,
    says: 'responses in another order than the calls',
    passes: talk(asked, calledById('a', 'b'), user(byId('a'), byId('b'))),
    refused: talk(asked, calledById('a', 'b'), user(byId('b'), byId('a'))),
    message:
      'Please ensure that the id of each function response matches the id of its function call: expected `a`, got `b`.',
  },
  {
    ...gemini3,
    says: 'a response of another function',
    passes: talk(asked, calledById('a'), user(byId('a'))),
    refused: talk(asked, calledById('a'), user(byId('a', 'Bash'))),
    message:
      'Please ensure that function response parts come in the order of the function call parts: expected `Read`, got `Bash`.',
  },
  {
    ...gemini3,
    says: 'a response that has lost its id',
    passes: talk(asked, calledById('a'), user(byId('a'))),
    refused: talk(asked, calledById('a'), user(answer('Read'))),
    message:
      'Please ensure that the id of each function response matches the id of its function call: expected `a`, got `undefined`.',
  },
  {
    says: 'a call without a name',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk(asked, called(''), answered('f')),
    message: 'contents[1].parts[0].function_call.name: Name cannot be empty.',
  },
  {
    says: 'a response without a name',
    passes: talk(asked, called('f'), answered('f')),
    refused: talk(asked, called('f'), answered('')),
    message: 'contents[2].parts[0].function_response.name: Name cannot be empty.',
  },
  {
    says: 'data with a $ref as a response',
    passes: talk(asked, called('f'), user(answer('f', { response: { output: '{"$ref":"#/a"}' } }))),
    refused: talk(asked, called('f'), user(answer('f', { response: { output: [{ a: { $ref: '#/a' } }] } }))),
    message:
      'The referenced name `#/a` in function_response.response does not match to a display_name in the function_response.parts.',
  },
  {
    says: 'a GIF',
    passes: withParts(png),
    refused: withParts({ inlineData: { mimeType: 'image/gif', data: 'R0lGODlh' } }),
    message: 'Unsupported MIME type: image/gif',
  },
  {
    says: 'a GIF on Vertex AI',
    platform: 'vertex',
    passes: withParts(png),
    refused: withParts({ inlineData: { mimeType: 'image/gif', data: 'R0lGODlh' } }),
    message:
      'it has a mimeType parameter with value image/gif, which is not supported. Update the mimeType and try again.',
  },
  {
    says: 'bytes without a type',
    passes: withParts(png),
    refused: withParts({ inlineData: { data: pixel } }),
    message: 'contents[0].parts[0].inline_data.mime_type: mime_type is not specified',
  },
  {
    says: 'a picture whose bytes are of another type',
    passes: withParts(png),
    refused: withParts({ inlineData: { mimeType: 'image/jpeg', data: pixel } }),
    message:
      'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  },
  {
    says: 'a PDF that is none',
    passes: withParts({ inlineData: { mimeType: 'application/pdf', data: 'JVBERi0x' } }),
    refused: withParts({ inlineData: { mimeType: 'application/pdf', data: pixel } }),
    message: 'The document has no pages.',
  },
  {
    says: 'a picture inside a response, by generation 2.5',
    passes: talk(asked, called('f'), user(answer('f'), png)),
    refused: talk(asked, called('f'), user(answer('f', { parts: [png] }))),
    message: 'Multimodal function responses are not supported for this model.',
  },
  {
    ...gemini3,
    says: 'sound inside a response',
    passes: talk(asked, calledById('a'), user(answer('Read', { id: 'a', parts: [png] }))),
    refused: talk(
      asked,
      calledById('a'),
      user(answer('Read', { id: 'a', parts: [{ inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } }] })),
    ),
    message: 'Unsupported MIME type in function response: audio/mp3',
  },
];

test.each(rules)('refuses $says', expectRule);
