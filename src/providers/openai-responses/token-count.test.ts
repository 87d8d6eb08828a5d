import { beforeAll, expect, test } from 'bun:test';
import {
  contextFor,
  customTool,
  parsed,
  type ResponsesSurroundings,
  targetFor,
} from '../../../test/build-responses-request.ts';
import { type ShapeCheck, shapeCheck } from '../../../test/upstreams/openai/request-shape.ts';
import { countSchema } from '../../../test/upstreams/openai/responses/responses-shape.ts';
import { eitherApi } from '../openai/either-api.ts';
import { openaiChat } from '../openai-chat/index.ts';
import { openaiResponses } from './index.ts';
import { tokenCount } from './token-count.ts';

let checkShape: ShapeCheck;
beforeAll(async () => {
  checkShape = await shapeCheck(countSchema, 'refuse');
});

const request = parsed({
  system: 'Be kind.',
  tools: [customTool('Bash'), { type: 'web_search_20260318', name: 'web_search', max_uses: 3 }],
  tool_choice: { type: 'any' },
  thinking: { type: 'adaptive' },
  metadata: { user_id: 'somebody' },
});

test('the prompt as it would be sent, in the fields that the counter takes', () => {
  const built = tokenCount.buildRequest(request, targetFor({ model: 'gpt-5' }), contextFor({}));
  expect(built.url).toBe('https://api.openai.com/v1/responses/input_tokens');
  expect(built.headers.accept).toBe('application/json');
  const body = JSON.parse(built.body);
  expect(Object.keys(body)).toEqual(['model', 'reasoning', 'tools', 'tool_choice', 'input']);
  expect(checkShape(body)).toBeUndefined();
});

test.each([
  ['{"object":"response.input_tokens","input_tokens":1234}', 1234],
  ['{"input_tokens":-1}', undefined],
  ['{"input_tokens":1.5}', undefined],
  ['{"input_tokens":"12"}', undefined],
  ['{}', undefined],
  ['null', undefined],
  ['<html>', undefined],
])('%s tells %p', (body, tokens) => {
  expect(tokenCount.readAnswer(body)).toBe(tokens);
});

test('it counts where it is: for models of Chat Completions too, and not at other servers', () => {
  const openai = eitherApi({ chat: openaiChat, responses: openaiResponses });
  const urlFor = (around: ResponsesSurroundings) => {
    const target = targetFor(around);
    return openai.tokenCounter?.(target)?.buildRequest(request, target, contextFor({})).url;
  };
  expect(urlFor({ model: 'gpt-4.1' })).toBe('https://api.openai.com/v1/responses/input_tokens');
  expect(urlFor({ profile: 'openrouter' })).toBeUndefined();
  expect(urlFor({ baseUrl: 'https://x.openai.azure.com/openai/deployments/a?api-version=1' })).toBeUndefined();
});
