// The real Claude Code through the proxy to a strict fake of the Responses API, which remembers every reasoning item that it
// has issued: in each request those of all earlier turns must stand verbatim and in order.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { callTool, type Reply, say, think } from '../upstreams/script.ts';
import { openAiResponsesKind } from './harness/openai-kind.ts';
import type { LoggedRequest } from './harness/proxy-process.ts';
import { inSession, type Session } from './harness/session.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

const allowedTools = ['Bash'];
const questions = ['First', 'Second', 'Third', 'Fourth'];

function run(command: string) {
  return callTool('Bash', { command, description: 'Run it' });
}

/** Five turns: reasoning before each, in one part and in several; parallel calls, and calls with reasoning around them. */
function turnsOf(question: string): readonly Reply[] {
  const word = question.toLowerCase();
  return [
    [think('Two at once.'), run(`echo ${word} one`), run(`echo ${word} two`)],
    [think('In parts.\n\nThis is the second.'), say('Now with a word before.'), run('ls missing')],
    [think('One first.'), run(`echo ${word} three`), think('Then the other.'), run(`echo ${word} four`)],
    [say('Without a thought.'), run(`echo ${word} five`)],
    [think('Enough.'), say(`The ${word} is done.`)],
  ];
}

/** Reasoning items that must have come back in the requests for these answers: of each answer all those before it. */
function itemsDue(answers: readonly Reply[]): number {
  const items = answers.map((steps) => steps.filter(({ type }) => type === 'think').length);
  return items.reduce((due, count, at) => due + count * (items.length - 1 - at), 0);
}

function expectAllReasoning({ upstream }: Session, answers: readonly Reply[]): void {
  expect(upstream.refusals).toEqual([]);
  expect(upstream.calls).toHaveLength(answers.length);
  expect(upstream.reasoning).toEqual({ verified: itemsDue(answers), faults: [] });
}

test.concurrent('twenty turns with tools: every reasoning item comes back, also after --resume and a restart', async () => {
  const answers = questions.flatMap(turnsOf);
  expect(answers).toHaveLength(20);
  await inSession(openAiResponsesKind, { script: () => answers }, async (session) => {
    let resume: string | undefined;
    let { proxy } = session;
    const logs: LoggedRequest[] = [];
    for (const [index, question] of questions.entries()) {
      // The third question finds a proxy that knows nothing of the first two.
      if (index === 2) {
        logs.push(...(await proxy.requests()));
        proxy = await session.startProxy();
      }
      const answer = await session.ask(question, {
        allowedTools,
        baseUrl: proxy.url,
        ...(resume === undefined ? {} : { resume }),
      });
      expect(answer).toMatchObject({ exitCode: 0, text: `The ${question.toLowerCase()} is done.` });
      resume = answer.sessionId;
    }
    logs.push(...(await proxy.requests()));
    for (const { outcome, attempts, losses } of logs) {
      expect({ outcome, attempts, losses }).toEqual({ outcome: 'answered', attempts: 1, losses: [] });
    }
    expectAllReasoning(session, answers);
    // Every prompt begins with the whole of the one before.
    const prompts = session.upstream.calls.map(({ prompt }) => prompt);
    for (const [turn, prompt] of prompts.slice(1).entries()) expect(prompt.startsWith(prompts[turn] ?? '?')).toBe(true);
  });
});

test.concurrent('summaries are shown as thinking, and only the model’s own words go on the screen', async () => {
  const script = () => [[think('The user greets me.\n\nI greet back.'), say('Good morning.')]];
  await inSession(openAiResponsesKind, { script }, async ({ ask, upstream }) => {
    const answer = await ask('Say good morning');
    expect(answer.text).toBe('Good morning.');
    const [call] = upstream.calls;
    expect(call?.text).toContain('"store":false');
    expect(call?.text).toContain('reasoning.encrypted_content');
  });
});

test.concurrent('a subagent has its own conversation, and its reasoning comes back to it', async () => {
  const asked = 'Count the files for me.';
  const main: Reply[] = [
    [
      think('An agent can do it.'),
      callTool('Agent', {
        description: 'Count',
        prompt: asked,
        subagent_type: 'general-purpose',
        run_in_background: false,
      }),
    ],
    [think('It has counted.'), say('There are 42.')],
  ];
  const agent: Reply[] = [
    [think('I count.'), run('echo 42')],
    [think('Done.'), callTool('SubagentHandback', { message: 'There are 42 files.' })],
  ];
  const model = ({ text }: { readonly text: string }): Reply => {
    const isAgent = !text.includes('Let an agent count');
    return (isAgent ? agent : main).shift() ?? [say('The script is over.')];
  };
  await inSession(openAiResponsesKind, { script: () => model }, async ({ ask, upstream }) => {
    const answer = await ask('Let an agent count', { allowedTools: ['Agent', 'Bash'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'There are 42.' });
    expect(upstream.reasoning?.faults).toEqual([]);
    expect(upstream.reasoning?.verified).toBeGreaterThanOrEqual(2);
  });
});
