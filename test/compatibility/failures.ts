import { cut, end, say } from '../upstreams/script.ts';
import { type Feature, type Group, user } from './feature.ts';

/** Claude Code compacts the conversation when it reads this, and only then. */
const tooLong = /prompt is too long: \d+ tokens > \d+ maximum/;

const broken = (title: string, replies: Feature['replies']): Feature => ({
  title,
  ...(replies === undefined ? {} : { replies }),
  fields: [],
  body: {},
  fails: () => true,
});

export const failures: Group = {
  title: 'Failures',
  features: [
    {
      title: 'a prompt that is too long, in the words that make Claude Code compact',
      fields: [],
      contextWindow: 2_000,
      body: { max_tokens: 100, messages: [user('a word and another one '.repeat(3_000))] },
      fails: ({ status, message }) => status === 400 && tooLong.test(message),
    },
    {
      title: 'a rate limit, with the time to wait',
      replies: ({ failures: { rateLimit } }) => [[rateLimit(30)]],
      fields: [],
      body: {},
      fails: ({ status, type, retryAfter }) => status === 429 && type === 'rate_limit_error' && retryAfter === '30',
    },
    {
      title: 'a key that is not taken',
      replies: ({ failures: { wrongKey } }) => [[wrongKey.step]],
      fields: [],
      body: {},
      fails: ({ status, message }, { failures: { wrongKey } }) =>
        status === wrongKey.status && message.includes(wrongKey.message),
    },
    broken('a stream that ends without its end is no answer', () => [[say('Half of'), end()]]),
    broken('a connection that is cut is no answer', () => [[say('Half of it is here. '.repeat(3_000)), cut()]]),
    broken('an error in the middle of a stream is passed on', ({ failures }) => [
      failures.midText('Half of it is here. '.repeat(3_000)),
    ]),
  ],
};
