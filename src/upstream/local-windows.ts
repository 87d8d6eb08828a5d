import { placeOf, type ServerName, serverOf } from '../config/servers.ts';
import type { Target } from '../providers/provider.ts';
import type { LearnedRepairs } from './learned-repairs.ts';
import { askForModels, type LocalModel } from './local-models.ts';

/** Claude Code's own prompt alone is about 20,000 tokens long. */
const smallWindow = 32_768;
const limitMs = 2_000;

export interface LocalWindowsOptions {
  readonly learned: LearnedRepairs;
  readonly warn: (message: string) => void;
  /** How long after an answer that told nothing it is asked again. */
  readonly againMs?: number;
  /** Milliseconds from any fixed moment. */
  readonly now?: () => number;
}

interface Watched {
  readonly target: Target;
  readonly server: ServerName;
  askAgainAtMs: number;
  warned: string | undefined;
  known: boolean;
}

/**
 * How long prompts may be on servers of the user's own. Some cut longer ones without a word, and the client would never
 * learn that it must compact: what the server tells of its window is remembered as if a refusal had told it. Many tell
 * it only once the model is in memory, so they are asked again when an answer has come.
 */
export class LocalWindows {
  readonly #watched: readonly Watched[];
  readonly #options: LocalWindowsOptions;
  readonly #now: () => number;
  #asking: Promise<void> | undefined;

  constructor(targets: readonly Target[], options: LocalWindowsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const watched = new Map<string, Watched>();
    for (const target of targets) {
      const server = serverOf(target);
      if (server === undefined || placeOf(server).tellsModels === undefined) continue;
      watched.set(`${target.baseUrl}\n${target.model}`, {
        target,
        server,
        askAgainAtMs: 0,
        warned: undefined,
        known: false,
      });
    }
    this.#watched = [...watched.values()];
  }

  /** Asks for what is not known yet, where it is time. Never fails. */
  ask(): Promise<void> {
    const now = this.#now();
    const due = this.#watched.filter(({ known, askAgainAtMs }) => !known && now >= askAgainAtMs);
    if (due.length === 0) return this.#asking ?? Promise.resolve();
    for (const one of due) one.askAgainAtMs = now + (this.#options.againMs ?? 10_000);
    this.#asking = Promise.all(due.map((one) => this.#askOne(one))).then(() => undefined);
    return this.#asking;
  }

  async #askOne(one: Watched): Promise<void> {
    const { target, server } = one;
    const { baseUrl, apiKey, model } = target;
    const models = await askForModels({ server, baseUrl, apiKey }, AbortSignal.timeout(limitMs));
    // The request itself will say it better that nobody is there.
    const found = models?.find(({ id }) => isSame(id, model));
    if (found === undefined) return;
    if (found.window !== undefined) {
      one.known = true;
      this.#options.learned.remember(target, { kind: 'limit-context', scope: 'model', maximum: found.window });
    }
    const warning = windowWarning(server, found);
    if (warning === undefined || warning === one.warned) return;
    one.warned = warning;
    this.#options.warn(warning);
  }
}

/** What a user should know of a model's window; undefined where there is nothing to worry about. */
export function windowWarning(server: ServerName, { id, window }: LocalModel): string | undefined {
  const { title, cutsPrompts } = placeOf(server);
  if (window === undefined) {
    if (cutsPrompts === undefined) return undefined;
    return `${title} does not tell the context window of ${id} before it has loaded it, and cuts longer prompts without a word: ${cutsPrompts}`;
  }
  if (window >= smallWindow) return undefined;
  const advice = cutsPrompts ?? 'start it with a larger one';
  return `${title} gives ${id} a context window of ${window} tokens, too few for Claude Code: ${advice}`;
}

/** Ollama takes a name without its tag for the latest. */
function isSame(id: string, model: string): boolean {
  return id === model || id === `${model}:latest`;
}
