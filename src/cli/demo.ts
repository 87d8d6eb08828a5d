import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types';
// Outside src because it is a test's upstream first; that the demo runs on it shows a newcomer what the tests rest on.
import { startFakeOpenAi } from '../../test/upstreams/openai/fake-openai.ts';
import { scriptedAgent } from '../../test/upstreams/openai/scripted-agent.ts';
import { loadConfig } from '../config/load.ts';
import { type StartFacts, startTable } from '../observe/start-table.ts';
import type { CommandIo } from './io.ts';
import { serve } from './serve.ts';

/** Settings of the user that hold in the demo too; keys and upstreams do not, so that nothing leaves the machine. */
const keptSettings = ['HOST', 'PORT', 'PROXY_API_KEY', 'ALLOW_UNAUTHENTICATED', 'LOG_LEVEL', 'LOG_FORMAT'] as const;
/** About the pace at which a quick model speaks. */
const paceMs = 12;
/** The validator of request bodies is a development package, which a demo must not need. */
const rules = { models: 'any', contextWindow: 1_000_000, schema: false, key: 'ignored' } as const;
const notice = 'This is a demo: a script plays the model. No key is used, and nothing leaves this machine.';

/** `claude-code-proxy demo`: the proxy in front of a scripted model, to be tried without any key. */
export async function run(io: CommandIo): Promise<number> {
  const upstream = await startFakeOpenAi({ model: scriptedAgent, rules, paceMs });
  try {
    const kept = Object.fromEntries(keptSettings.map((name) => [name, io.env[name]]));
    const models = { BIG_MODEL: 'scripted-model', SMALL_MODEL: 'scripted-model' };
    // A profile that knows reasoning text: the script thinks aloud, which OpenAI's own models do not on this API.
    const profile = { OPENAI_BASE_URL: upstream.url, OPENAI_PROFILE: 'openrouter' };
    const env = { ...kept, ...models, ...profile, WEB_FETCH: 'false' };
    const loaded = loadConfig({ env, terminal: io.terminal });
    if ('problems' in loaded) {
      io.complain(`The demo cannot start:\n${loaded.problems.map((problem) => `  ${problem}\n`).join('')}`);
      return 1;
    }
    const isPretty = loaded.config.log.format === 'pretty';
    const warnings = isPretty ? loaded.warnings : [notice, ...loaded.warnings];
    const paint = picocolors.createColors(io.colour);
    return await serve(loaded.config, warnings, io, { announce: (facts) => demoTable(facts, paint) });
  } finally {
    await upstream.stop();
  }
}

function demoTable(facts: StartFacts, paint: Colors): string {
  const key = facts.config.proxyApiKey === undefined ? '' : " -H 'x-api-key: <your PROXY_API_KEY>'";
  const body = '{"model":"claude-opus-5-5","max_tokens":1000,"messages":[{"role":"user","content":"Hello"}]}';
  const lines = [
    '  Or ask without Claude Code:',
    '',
    `    ${paint.green(`curl ${facts.url.origin}/v1/messages${key} -d '${body}'`)}`,
    '',
    `  ${paint.yellow('!')} ${notice}`,
    '',
  ];
  return `${startTable(facts, paint)}${lines.join('\n')}\n`;
}
