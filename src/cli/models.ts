import picocolors from 'picocolors';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { geminiModelOf } from '../models/gemini-models.ts';
import { explainModel } from '../models/known-model.ts';
import { type ModelFacts, modelTable } from '../observe/model-table.ts';
import { apiOf } from '../providers/openai/api.ts';
import { callName, type Target } from '../providers/provider.ts';
import { providerFor } from '../providers/registry.ts';
import { planTarget } from '../routing/plan-target.ts';
import { planTiers } from '../routing/plan-tiers.ts';
import { modelPlaceOf } from '../routing/target-of.ts';
import type { CommandIo } from './io.ts';
import { readDotenv, readerIn } from './read-settings.ts';

/** `claude-code-proxy models [NAME] [--json]`: what is known of the configured models, or of one, and from whom. */
export async function run(io: CommandIo, args: readonly string[] = []): Promise<number> {
  const asJson = args.includes('--json');
  const [name, ...more] = args.filter((arg) => arg !== '--json');
  if (more.length > 0 || name?.startsWith('-')) {
    io.complain('claude-code-proxy: models takes one name of a model and --json, or nothing (try --help)\n');
    return 2;
  }
  const file = readDotenv(io.directory);
  const loaded =
    'problem' in file
      ? { problems: [file.problem] }
      : loadConfig({ env: io.env, dotenv: file.text, readFile: readerIn(io.directory) });
  if ('problems' in loaded) {
    io.complain(loaded.problems.map((problem) => `  ${problem}\n`).join(''));
    return 1;
  }
  try {
    const facts =
      name === undefined ? configured(loaded.config) : [factsOf(planTarget(name, loaded.config), loaded.config)];
    const paint = picocolors.createColors(io.colour);
    const now = new Date();
    if (asJson) io.out(`${JSON.stringify(facts, null, 2)}\n`);
    else if (facts.length === 0) io.out(nothingMapped);
    else io.out(`\n${facts.map((one) => modelTable(one, now, paint)).join('\n\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    io.complain(`claude-code-proxy: ${error.message}\n`);
    return 1;
  }
}

const nothingMapped =
  "\n  No name is mapped: Claude's models go to Anthropic as they are named.\n  Name one to see what is known of it: claude-code-proxy models claude-sonnet-4-5\n\n";

/** Each model that a tier becomes, once. */
function configured(config: Config): readonly ModelFacts[] {
  const byName = new Map<string, { target: Target; routes: string[] }>();
  for (const { target, untouched } of planTiers(config)) {
    if (untouched) continue;
    const name = nameOf(target);
    const known = byName.get(name) ?? { target, routes: [] };
    known.routes.push(target.route);
    byName.set(name, known);
  }
  return [...byName.values()].map(({ target, routes }) => factsOf(target, config, routes));
}

function factsOf(target: Target, config: Config, routes: readonly string[] = [target.route]): ModelFacts {
  return {
    name: nameOf(target),
    baseUrl: target.baseUrl,
    routes,
    spoken: spokenTo(target),
    translated: target.provider !== 'anthropic',
    thinking: thinkingOf(target),
    takesFiles: takesFiles(target, config),
    known: explainModel(modelPlaceOf(target, config), config.modelOverrides),
  };
}

/** Many servers take no files, whatever their models could read. Undefined where the upstream is not set up. */
function takesFiles(target: Target, config: Config): boolean | undefined {
  try {
    const provider = providerFor(target, config);
    const request = { model: '', max_tokens: 1, messages: [] };
    return provider.form === 'translated' ? provider.abilitiesOf(request, target, { repairs: [] }).pdf : undefined;
  } catch (error) {
    if (error instanceof ProxyError) return undefined;
    throw error;
  }
}

function nameOf(target: Target): string {
  return `${callName(target)}/${target.model}`;
}

function spokenTo(target: Target): string {
  switch (target.provider) {
    case 'anthropic':
      return 'Messages API, passed through as it is';
    case 'gemini':
    case 'vertex':
      return 'generateContent';
    case 'openai': {
      const request = {
        model: '',
        max_tokens: 1,
        messages: [],
        tools: [{ name: 'a', input_schema: { type: 'object' as const } }],
      };
      return apiOf(request, target, []) === 'responses' ? 'Responses API' : 'Chat Completions API';
    }
  }
}

function thinkingOf(target: Target): string | undefined {
  if (target.provider !== 'gemini' && target.provider !== 'vertex') return undefined;
  const { thinking } = geminiModelOf(target);
  switch (thinking.kind) {
    case 'none':
      return 'cannot be set';
    case 'level':
      return `level: ${thinking.levels.join(' ').toLowerCase()}`;
    case 'budget':
      return `budget: ${thinking.min} to ${thinking.max} tokens${thinking.canBeOff ? ', or off' : ''}`;
  }
}
