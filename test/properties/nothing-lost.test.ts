import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildChat, type Surroundings } from '../build-chat-request.ts';
import { markedRequest } from './marked-requests.ts';

// Whatever a client says reaches the upstream, or stands in the list of losses, or is one of these:

/** Left out, and no answer can differ for it. */
const cannotChangeTheAnswer: readonly RegExp[] = [
  /(?:^|\.)cache_control\./,
  /^(?:diagnostics|billing_policy|fallback_credit_token)(?:\.|$)/,
  // What only Anthropic could read, and labels that pair its own blocks.
  /\.(?:encrypted_content|signature)$/,
  /^messages\.\d+\.content\.\d+\.(?:from|to|trigger)(?:\.|$)/,
  /^thinking\.block_binding\./,
  // The cited words stand in the text themselves.
  /\.text\.citations\.|\.citations\.\d+\.cited_text$/,
  // Names and remarks for people who read the schema.
  /\.(?:\$schema|\$comment)$/,
];
/** Served in another way than by sending it; the unit tests show how. */
const emulated: readonly RegExp[] = [
  /^stop_sequences\./,
  /^metadata\.user_id$/,
  // Hashed where the server takes only short ones.
  /^messages\.\d+\.content\.\d+\.(?:id|tool_use_id)$/,
];

const surroundings: readonly Surroundings[] = [
  { model: 'gpt-4.1' },
  { model: 'gpt-5' },
  { model: 'o3-mini' },
  { profile: 'deepseek', model: 'deepseek-v4' },
  { profile: 'ollama', model: 'qwen3' },
  { profile: 'xai', model: 'grok-4' },
  { profile: 'mistral', model: 'mistral-large' },
  { profile: 'generic', model: 'llama' },
];

/** Every marked text of a request: its value, or the key it is. */
function* marksIn(value: unknown, path: string): Generator<{ mark: string; path: string }> {
  if (typeof value === 'string') {
    if (/^mark\d+x$/.test(value)) yield { mark: value, path };
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const innerPath = path === '' ? key : `${path}.${key}`;
      if (/^mark\d+x$/.test(key)) yield { mark: key, path: innerPath };
      yield* marksIn(inner, innerPath);
    }
  }
}

function isListed(path: string, lost: readonly string[]): boolean {
  return lost.some((field) => path === field || path.startsWith(`${field}.`));
}

test.each(surroundings)('nothing is lost in silence on the way to %j', (around) => {
  fc.assert(
    fc.property(markedRequest, (request) => {
      const { text, lost } = buildChat(request, around);
      const silent: string[] = [];
      for (const { mark, path } of marksIn(request, '')) {
        const isCarried = text.includes(mark) || isListed(path, lost);
        if (!isCarried && ![...cannotChangeTheAnswer, ...emulated].some((pattern) => pattern.test(path)))
          silent.push(path);
      }
      expect(silent).toEqual([]);
    }),
    { numRuns: 250 },
  );
});

test('a loss always names something that is in the request, and says why', () => {
  fc.assert(
    fc.property(markedRequest, fc.constantFrom(...surroundings), (request, around) => {
      for (const { field, why } of buildChat(request, around).losses) {
        expect(why).not.toBe('');
        let found: unknown = request;
        for (const step of field.split('.')) found = Object(found)[step];
        expect([field, found === undefined]).toEqual([field, false]);
      }
    }),
    { numRuns: 250 },
  );
});
