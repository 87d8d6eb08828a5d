import { callTool, type Step, say, think } from '../upstreams/script.ts';
import { assistant, bodyOf, differsFrom, type Group, hello, read, result, user } from './feature.ts';

const keptBack = 'this API keeps its reasoning to itself';

/** OpenAI never shows any on Chat Completions. */
function thoughts(kind: string): readonly Step[] {
  return kind === 'openai' || kind === 'openai-chat' ? [] : [think('It looks green.')];
}

export const thinking: Group = {
  title: 'Thinking',
  features: [
    {
      title: 'effort',
      fields: ['output_config.effort'],
      body: { max_tokens: 30_000, thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      check: differsFrom({ max_tokens: 30_000, thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }),
    },
    {
      title: 'switched off',
      fields: ['thinking'],
      body: { thinking: { type: 'disabled' } },
      check: async ({ calls }, { ask }) => {
        const thoughtful = await ask(bodyOf({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }));
        if (thoughtful.losses.includes('effort')) return 'this model does not think';
        return thoughtful.calls.at(-1)?.text !== calls.at(-1)?.text;
      },
    },
    {
      title: 'shown',
      replies: ({ name }) => [[...thoughts(name), say('A green square.')]],
      fields: [],
      body: { thinking: { type: 'adaptive', display: 'summarized' } },
      check: ({ message }, { column }) => {
        if (thoughts(column.kind.name).length === 0) return keptBack;
        return message.content.some((block) => block.type === 'thinking' && block.thinking !== '');
      },
    },
    {
      title: 'given back in the next turn',
      replies: ({ name }) => [[...thoughts(name), callTool('Read', { path: 'a.txt' })], [say('A green square.')]],
      fields: ['messages.1'],
      body: { tools: [read], thinking: { type: 'adaptive' } },
      check: async ({ message }, { ask, column, refusals }) => {
        if (thoughts(column.kind.name).length === 0) return keptBack;
        const id = message.content.find((block) => block.type === 'tool_use')?.id ?? '';
        const history = [hello, assistant(JSON.parse(JSON.stringify(message.content))), user([result(id, 'green')])];
        const next = await ask(bodyOf({ tools: [read], thinking: { type: 'adaptive' }, messages: history }));
        return next.losses === '' && refusals().length === 0 && (next.calls.at(-1)?.reasoning.length ?? 0) > 0;
      },
    },
  ],
};
