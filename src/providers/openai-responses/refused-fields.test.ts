import { expect, test } from 'bun:test';
import { buildResponses, hello } from '../../../test/build-responses-request.ts';
import { responses, testContext } from '../../../test/replay.ts';
import type { Repair } from '../provider.ts';
import { openaiResponses } from './index.ts';
import { sealItem } from './reasoning-envelope.ts';

const omit = (parameter: string): Repair => ({ kind: 'omit-parameter', scope: 'model', parameter });
const search = { type: 'web_search_20260318', name: 'web_search' } as const;

test('a phase that the upstream does not know stays out, and the message goes on', () => {
  const carried = { encrypted: undefined, summary: undefined, phase: 'commentary', hosted: undefined };
  const messages = [
    ...hello,
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: '', signature: sealItem(carried, responses) },
        { type: 'text', text: 'I look.' },
      ],
    },
    ...hello,
  ];
  const said = (repairs: readonly Repair[]) => buildResponses({ messages }, { repairs }).body.input[1];
  expect(said([])).toMatchObject({ role: 'assistant', phase: 'commentary' });
  expect(said([omit('phase')])).not.toHaveProperty('phase');
});

test('where the vendor has said that it does not search for a model, its search is not offered again', () => {
  const repairs = [omit('web_search')];
  const { body, losses } = buildResponses({ tools: [search] }, { repairs });
  expect(body.tools).toBeUndefined();
  expect(losses.map(({ field }) => field)).toContain('tools.0');
  const request = { model: 'claude-sonnet-5', max_tokens: 10, messages: [], tools: [search] };
  const abilities = (context: object) =>
    openaiResponses.abilitiesOf(request, responses, { ...testContext(), ...context });
  expect([...abilities({}).hostedTools]).toEqual(['web_search']);
  expect([...abilities({ repairs }).hostedTools]).toEqual([]);
});
