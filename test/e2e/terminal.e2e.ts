// The real Claude Code as a person uses it: in a terminal, with keys, in its default permission mode.
import { expect, setDefaultTimeout } from 'bun:test';
import { join } from 'node:path';
import { callTool, type Reply, say } from '../upstreams/script.ts';
import { claudeApiKey, claudeCodeProgram, claudeEnvironment } from './harness/claude-code.ts';
import { onEveryKind } from './harness/kinds.ts';
import { inSession, type Session } from './harness/session.ts';
import { Terminal } from './harness/terminal.ts';
import { toolNames, type UpstreamCall } from './harness/upstream-kind.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

const branch = 'made-by-the-tool';

/** What the model answers to what was said last; a person at a terminal decides the order. */
const replies: readonly (readonly [RegExp, Reply])[] = [
  // Auto mode has the agent's report judged by a call of its own, not streamed, with the closing tag as stop sequence.
  [/respond with <severity>N/i, [say('<severity>0</severity>')]],
  [/Your task is to create a detailed summary/, [say('<summary>We made a branch.</summary>')]],
  [/Who is there\?/, [say('A scripted model.')]],
  [/Make a branch/, [callTool('Bash', { command: `git checkout -b ${branch}`, description: 'Make a branch' })]],
  [new RegExp(`Switched to a new branch '${branch}'`), [say('The branch is made.')]],
  [
    /Let an agent count/,
    [
      callTool('Agent', {
        description: 'Count files',
        prompt: 'Count the files for me.',
        subagent_type: 'general-purpose',
      }),
    ],
  ],
  [/Async agent launched/, [say('I wait for the agent.')]],
  [/Count the files for me\./, [callTool('SubagentHandback', { message: 'There are 42 files.' })]],
  [/There are 42 files\./, [say('The agent counted 42.')]],
  [/Are you still there\?/, [say('After the summary, too.')]],
];

function model({ lastText }: UpstreamCall): Reply {
  const reply = replies.find(([said]) => said.test(lastText));
  return reply?.[1] ?? [say(`The script has nothing for: ${lastText.slice(-200)}`)];
}

onEveryKind('in the terminal: a question, an approved tool call, a subagent, /context, /compact', async (kind) => {
  await inSession(kind, { script: () => model }, async (session) => {
    const { upstream, proxy, workspace } = session;
    const terminal = await startClaude(session);
    try {
      await enter(terminal, 'Who is there?');
      await terminal.waitForText('A scripted model.');

      await enter(terminal, 'Make a branch');
      // No upstream but Anthropic's can judge a call for auto mode, and nothing here pretends to: the user decides.
      const stay = 'Enter to stay in auto mode';
      await terminal.waitForText(stay);
      await terminal.answerDialog('Enter', (screen) => !screen.includes(stay), 'the end of the dialog');
      await approve(terminal);
      await terminal.waitForText('The branch is made.');
      expect(await Bun.file(join(workspace, '.git', 'HEAD')).text()).toContain(branch);

      await enter(terminal, 'Let an agent count');
      await approve(terminal);
      await terminal.waitForText('The agent counted 42.');

      await enter(terminal, '/context');
      await terminal.waitForText('Estimated usage by category');

      await enter(terminal, '/compact');
      await terminal.waitForText('Compacted');
      await enter(terminal, 'Are you still there?');
      await terminal.waitForText('After the summary, too.');
      expect(upstream.calls.at(-1)?.text).toContain('We made a branch.');
      expect(upstream.calls.at(-1)?.text).not.toContain('A scripted model.');

      const requests = await proxy.requests();
      expect(requests.filter(({ outcome }) => outcome !== 'answered')).toEqual([]);
      // The judgement of calls that nobody but Anthropic gives is listed as lost; to Anthropic the wish for it goes out.
      const lost = requests[0]?.losses.map(({ field }) => field) ?? [];
      expect(lost.includes('safeguards')).toBe(kind.name !== 'anthropic');
      expect(upstream.calls[0]?.text.includes('"safeguards"')).toBe(kind.name === 'anthropic');
      const counts = requests.filter(({ path }) => path === '/v1/messages/count_tokens');
      expect(counts.length).toBeGreaterThan(20);
      expect(upstream.calls.filter((call) => toolNames(call).includes('SubagentHandback'))).toHaveLength(1);
      // Had Claude Code not understood the judgement, it would ask again and warn of the report.
      expect(upstream.calls.filter(({ text }) => /respond with <severity>/i.test(text))).toHaveLength(1);
      for (const { text } of upstream.calls) expect(text).not.toContain('SECURITY WARNING');
    } catch (error) {
      console.error(`── the terminal shows\n${await terminal.read()}`);
      throw error;
    } finally {
      await terminal.stop();
    }
  });
});

async function startClaude({ home, workspace, folder, proxy }: Session): Promise<Terminal> {
  // What Claude Code notes down once its first questions (look, key, trust in the folder) are answered.
  const answered = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: [claudeApiKey.slice(-20)], rejected: [] },
    projects: { [workspace]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
  };
  await Bun.write(join(home, '.claude.json'), JSON.stringify(answered));
  const env = { ...claudeEnvironment(proxy.url, { home, workspace }), TERM: 'xterm-256color' };
  const terminal = await Terminal.start([await claudeCodeProgram()], { folder, workspace, env });
  await terminal.waitForText('❯');
  return terminal;
}

async function enter(terminal: Terminal, line: string): Promise<void> {
  await terminal.type(line);
  await terminal.press('Enter');
}

/** Answers the question for approval with yes, which is not always the first choice. */
async function approve(terminal: Terminal): Promise<void> {
  const question = 'Do you want to proceed?';
  await terminal.waitForText(question);
  await terminal.answerDialog('Down', (screen) => /❯ (?:1\. )?Yes/.test(screen), 'yes as the choice');
  await terminal.answerDialog('Enter', (screen) => !screen.includes(question), 'the end of the question');
}
