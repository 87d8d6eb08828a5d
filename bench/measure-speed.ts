import type { Dialect } from './answers.ts';
import type { AnswerPlan, BodyKilobytes, RequestShape } from './bodies.ts';
import type { LoadTarget, LoadTask, SaturateResult, TakeTurnsResult } from './load.ts';
import { median } from './statistics.ts';
import { runScript, type Subject } from './subjects.ts';

/** What is measured has this core for itself; the load and the upstream share the other. */
export const subjectCore = 0;
export const loadCore = 1;

export interface Scenario {
  readonly name: string;
  readonly shape: RequestShape;
  readonly connections: number;
  readonly inQuick: boolean;
}

export interface SubjectSpeed {
  readonly cpuMsPerRequest: number;
  readonly requestsPerSecond: number;
  /** How busy its core was. Below 0.95 the load was the limit and the rate is a lower bound. */
  readonly busy: number;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly proxy: SubjectSpeed;
  readonly nginx: SubjectSpeed;
  /** Of processor time per request, proxy to nginx: the median of the rounds' ratios. */
  readonly ratio: number;
}

const burst: AnswerPlan = { dialect: 'openai-chat', mode: 'burst', count: 500 };
const fromResponses: AnswerPlan = { ...burst, dialect: 'openai-responses' };
const fromGemini: AnswerPlan = { ...burst, dialect: 'gemini' };
const fromAnthropic: AnswerPlan = { ...burst, dialect: 'anthropic' };

function scenario(
  name: string,
  kilobytes: BodyKilobytes,
  stream: boolean,
  { answer = burst, connections = 32, inQuick = false } = {},
): Scenario {
  return { name, shape: { kilobytes, stream, answer }, connections, inQuick };
}

/** The one the targets speak of comes first. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  scenario('80 KB, stream of 500 events', 80, true, { inQuick: true }),
  scenario('1 KB, stream of 500 events', 1, true, { inQuick: true }),
  scenario('400 KB, stream of 500 events', 400, true, { inQuick: true }),
  scenario('1 KB, not streamed', 1, false),
  scenario('80 KB, not streamed', 80, false, { inQuick: true }),
  scenario('400 KB, not streamed', 400, false),
  scenario('80 KB, stream of 20 events', 80, true, { answer: { ...burst, count: 20 } }),
  scenario('80 KB, stream of 500 events, each sent alone', 80, true, {
    answer: { ...burst, mode: 'drip' },
    connections: 100,
  }),
  scenario('Responses: 1 KB, stream of 500 events', 1, true, { answer: fromResponses }),
  scenario('Responses: 80 KB, stream of 500 events', 80, true, { answer: fromResponses, inQuick: true }),
  scenario('Responses: 400 KB, stream of 500 events', 400, true, { answer: fromResponses }),
  scenario('Gemini: 1 KB, stream of 500 events', 1, true, { answer: fromGemini }),
  scenario('Gemini: 80 KB, stream of 500 events', 80, true, { answer: fromGemini, inQuick: true }),
  scenario('Gemini: 400 KB, stream of 500 events', 400, true, { answer: fromGemini }),
  scenario('Anthropic: 1 KB, stream of 500 events', 1, true, { answer: fromAnthropic }),
  scenario('Anthropic: 80 KB, stream of 500 events', 80, true, { answer: fromAnthropic }),
  scenario('Anthropic: 400 KB, stream of 500 events', 400, true, { answer: fromAnthropic, inQuick: true }),
];

export interface Rounds {
  readonly rounds: number;
  readonly firstWarmUpMs: number;
  readonly measureMs: number;
}

/** Rounds of both subjects, the order turned each time, so that a slow minute of the machine hits both. */
export async function measureScenario(
  chosen: Scenario,
  subjects: { proxy: Subject; nginx: Subject },
  { rounds, firstWarmUpMs, measureMs }: Rounds,
): Promise<ScenarioResult> {
  const speeds: { proxy: SubjectSpeed[]; nginx: SubjectSpeed[] } = { proxy: [], nginx: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? (['proxy', 'nginx'] as const) : (['nginx', 'proxy'] as const)) {
      const { target, child } = subjects[name];
      const warmUpMs = round === 0 ? firstWarmUpMs : 300;
      const { shape, connections } = chosen;
      const task: LoadTask = {
        kind: 'saturate',
        target,
        subjectPid: child.pid,
        shape,
        connections,
        warmUpMs,
        measureMs,
      };
      const { requests, cpuMs, wallMs } = await saturate(task);
      speeds[name].push({
        cpuMsPerRequest: cpuMs / requests,
        requestsPerSecond: (requests * 1000) / wallMs,
        busy: cpuMs / wallMs,
      });
    }
  }
  const ratios = speeds.proxy.map(
    (speed, round) => speed.cpuMsPerRequest / (speeds.nginx[round]?.cpuMsPerRequest ?? Number.NaN),
  );
  return { scenario: chosen, proxy: middle(speeds.proxy), nginx: middle(speeds.nginx), ratio: median(ratios) };
}

/** A round in which less than ten answers came was spent waiting, not working, and is made again. */
async function saturate(task: LoadTask): Promise<SaturateResult> {
  for (let tries = 0; tries < 4; tries++) {
    const result = await runScript<SaturateResult>('load.ts', task, loadCore);
    if (result.requests >= 10) return result;
    console.log('  next to nothing moved in this round; once more');
  }
  throw new Error('The load stalls again and again: is the machine busy with something else?');
}

function middle(speeds: readonly SubjectSpeed[]): SubjectSpeed {
  return {
    cpuMsPerRequest: median(speeds.map((speed) => speed.cpuMsPerRequest)),
    requestsPerSecond: median(speeds.map((speed) => speed.requestsPerSecond)),
    busy: median(speeds.map((speed) => speed.busy)),
  };
}

export interface FirstTokenResult {
  readonly dialect: Dialect;
  readonly kilobytes: BodyKilobytes;
  readonly directMs: number;
  readonly nginxAddsMs: number;
  readonly proxyAddsMs: number;
}

/** Time to the first token, one request at a time on an otherwise idle machine, against asking the upstream directly. */
export async function measureFirstToken(
  dialect: Dialect,
  kilobytes: BodyKilobytes,
  turns: number,
  targets: { direct: LoadTarget; nginx: LoadTarget; proxy: LoadTarget },
): Promise<FirstTokenResult> {
  const task: LoadTask = {
    kind: 'take-turns',
    targets: [targets.direct, targets.nginx, targets.proxy],
    dialect,
    kilobytes,
    turns,
  };
  const { firstTokenMs } = await runScript<TakeTurnsResult>('load.ts', task, undefined);
  const [direct = Number.NaN, nginx = Number.NaN, proxy = Number.NaN] = firstTokenMs;
  return { dialect, kilobytes, directMs: direct, nginxAddsMs: nginx - direct, proxyAddsMs: proxy - direct };
}
