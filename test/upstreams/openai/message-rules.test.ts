import { afterAll, beforeAll, test } from 'bun:test';
import { say } from '../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from './fake-openai.ts';
import {
  called,
  expectRefusal,
  file,
  picture,
  png,
  type RefusedRequest,
  result,
  talk,
  user,
} from './request-samples.ts';

const refused: readonly RefusedRequest[] = [
  { says: 'no messages', body: { model: 'gpt-4.1' }, code: 'missing_required_parameter', param: 'messages' },
  { says: 'an empty list of messages', body: talk(), code: 'empty_array', param: 'messages' },
  {
    says: 'a user message without content',
    body: talk({ role: 'user', content: null }),
    code: 'invalid_type',
    param: 'messages[0].content',
  },
  {
    says: 'a message with an empty list of parts',
    body: talk({ role: 'user', content: [] }),
    code: 'empty_array',
    param: 'messages[0].content',
  },
  {
    says: 'an assistant message that says nothing and calls nothing',
    body: talk(user, { role: 'assistant', content: null }),
    code: null,
    param: 'messages.[1].content',
  },
  {
    says: 'a role nobody has',
    body: talk({ ...user, role: 'human' }),
    code: 'invalid_value',
    param: 'messages[0].role',
  },
  {
    says: 'a part type of another vendor',
    body: talk({ role: 'user', content: [{ type: 'image', source: {} }] }),
    code: 'invalid_value',
    param: 'messages[0].content[0].type',
  },
  {
    says: 'a result without a call',
    body: talk(user, result('call_1')),
    code: null,
    param: 'messages.[1].role',
  },
  {
    says: 'a call without a result at the end',
    body: talk(user, called('call_1', 'call_2'), result('call_2')),
    code: null,
    param: 'messages.[1].role',
    message: 'did not have response messages: call_1',
  },
  {
    says: 'a result that does not follow its call directly',
    body: talk(user, called('call_1'), user, result('call_1')),
    code: null,
    param: 'messages.[1].role',
  },
  {
    says: 'two results for one call',
    body: talk(user, called('call_1'), result('call_1'), result('call_1')),
    code: null,
    param: 'messages.[3].role',
  },
  {
    says: 'a call id of 41 characters',
    body: talk(user, called('x'.repeat(41)), result('x'.repeat(41))),
    code: 'string_above_max_length',
    param: 'messages[1].tool_calls[0].id',
  },
  {
    says: 'one id for two calls',
    body: talk(user, called('call_1', 'call_1'), result('call_1'), result('call_1')),
    code: 'invalid_value',
    param: 'messages[1].tool_calls[1].id',
  },
  {
    says: 'an empty list of calls',
    body: talk(user, called()),
    code: 'empty_array',
    param: 'messages[1].tool_calls',
  },
  {
    says: 'reasoning of another vendor in the history',
    body: talk(user, { role: 'assistant', content: 'x', reasoning_content: 'y' }),
    code: 'unknown_parameter',
    param: 'messages[1].reasoning_content',
  },
  {
    says: 'a picture of a type it cannot read',
    body: picture('data:image/bmp;base64,Qk0='),
    code: 'unsupported_image_media_type',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture whose bytes are of another type',
    body: picture(png.replace('image/png', 'image/jpeg')),
    code: 'invalid_image_format',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture in broken base64',
    body: picture('data:image/png;base64,iVBORw0*Ggo'),
    code: 'invalid_base64_image',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture that is neither a URL nor data',
    body: picture('/tmp/picture.png'),
    code: 'invalid_image_url',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture in a tool result',
    body: talk(user, called('c'), result('c', [{ type: 'image_url', image_url: { url: png } }])),
    code: 'invalid_value',
    param: 'messages[2].content[0].type',
  },
  {
    says: 'a picture for a model that cannot see',
    body: { ...picture(png), model: 'o3-mini' },
    code: null,
    param: 'messages.[0].content.[0].type',
  },
  {
    says: 'a file without a name',
    body: file({ file_data: 'data:application/pdf;base64,JVBERi0x' }),
    code: 'missing_required_parameter',
    param: 'messages.[0].content.[0].file.filename',
  },
  {
    says: 'a file that is no PDF',
    body: file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGVsbG8h' }),
    code: 'invalid_value',
    param: 'messages.[0].content.[0].file.file_data',
  },
];

let fake: FakeOpenAi;
beforeAll(async () => {
  fake = await startFakeOpenAi({ model: () => [say('Hi')] });
});
afterAll(() => fake.stop());

test.each(refused)('refuses $says', async (request) => {
  await expectRefusal(fake, request);
});
