import { refuse, say } from '../upstreams/script.ts';
import { bodyOf, differsFrom, type Group, hello, textOf, upstreamBody, usualText } from './feature.ts';

export const answers: Group = {
  title: 'Answers',
  features: [
    { title: 'streamed', fields: [], body: {}, check: (seen) => textOf(seen) === usualText },
    {
      title: 'in one piece (`stream: false`)',
      fields: [],
      body: {},
      stream: false,
      check: (seen) => textOf(seen) === usualText,
    },
    {
      title: 'system prompt',
      fields: ['system'],
      body: { system: [{ type: 'text', text: 'Speak like a gardener.' }] },
      check: (seen) => upstreamBody(seen).includes('Speak like a gardener.'),
    },
    {
      title: '`system` messages in mid-conversation',
      fields: ['messages'],
      body: { messages: [hello, { role: 'system', content: 'The user has gone home.' }] },
      check: (seen) => upstreamBody(seen).includes('The user has gone home.'),
    },
    { title: '`max_tokens`', fields: ['max_tokens'], body: { max_tokens: 777 }, check: differsFrom({}) },
    {
      title: 'stop sequences',
      replies: () => [[say('one two END three')]],
      fields: ['stop_sequences'],
      body: { stop_sequences: ['END'] },
      check: ({ message }) => message.stop_reason === 'stop_sequence' && message.stop_sequence === 'END',
    },
    { title: '`temperature`', fields: ['temperature'], body: { temperature: 0.3 }, check: differsFrom({}) },
    { title: '`top_p`', fields: ['top_p'], body: { top_p: 0.5 }, check: differsFrom({}) },
    { title: '`top_k`', fields: ['top_k'], body: { top_k: 7 }, check: differsFrom({}) },
    {
      title: 'structured output',
      replies: () => [[say('{"colour":"green"}')]],
      fields: ['output_config.format'],
      body: {
        output_config: {
          format: {
            type: 'json_schema',
            schema: {
              type: 'object',
              properties: { colour: { type: 'string' } },
              required: ['colour'],
              additionalProperties: false,
            },
          },
        },
      },
      check: (seen) => upstreamBody(seen).includes('colour') && textOf(seen) === '{"colour":"green"}',
    },
    {
      title: 'a refusal of the model',
      replies: () => [[refuse('I will not do that.')]],
      fields: [],
      body: {},
      check: (seen) => seen.message.stop_reason === 'refusal' || textOf(seen) === 'I will not do that.',
    },
    {
      title: 'token counts of prompt and answer',
      fields: [],
      body: {},
      check: ({ message: { usage } }) => usage.input_tokens > 0 && usage.output_tokens > 0,
    },
    {
      title: '`count_tokens`',
      fields: [],
      body: {},
      check: async (_, { sdk }) => {
        const { max_tokens: _unused, ...asked } = bodyOf({});
        return (await sdk.beta.messages.countTokens(asked)).input_tokens > 0;
      },
    },
    {
      title: '`count_tokens` by the vendor’s own counter',
      fields: [],
      body: {},
      check: async ({ message: { usage } }, { sdk }) => {
        const { max_tokens: _unused, ...asked } = bodyOf({});
        const counted = (await sdk.beta.messages.countTokens(asked)).input_tokens;
        const { input_tokens: input, cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
        return (
          counted === input + (read ?? 0) + (written ?? 0) ||
          'not the very count that the answer tells: an estimate, or OpenAI counts for its other API'
        );
      },
    },
  ],
};
