import type { Config } from '../config/config.ts';
import { placeOf, serverNames, serverOf } from '../config/servers.ts';
import { askForModels, type LocalPlace } from './local-models.ts';

const keepMs = 30_000;
const limitMs = 1_000;

interface Offering extends LocalPlace {
  /** What stands before its models' names. */
  readonly prefix: string;
}

/** The models of the servers on the user's own machines that are set up, by the names that lead to them. */
export class LocalOffer {
  readonly #offering: readonly Offering[];
  readonly #now: () => number;
  #kept: { readonly names: Promise<readonly string[]>; readonly untilMs: number } | undefined;

  /** `now`: milliseconds from any fixed moment. */
  constructor({ upstreams }: Config, now: () => number = () => performance.now()) {
    const { servers, openai } = upstreams;
    const named = serverNames.flatMap((server): Offering[] => {
      const upstream = servers[server];
      return upstream === undefined || !placeOf(server).local ? [] : [{ server, prefix: server, ...upstream }];
    });
    const server = serverOf(openai);
    const isLocal = server !== undefined && placeOf(server).local;
    this.#offering = isLocal ? [...named, { server, prefix: 'openai', ...openai }] : named;
    this.#now = now;
  }

  /** Never fails, and never takes long: a server that does not answer offers nothing. */
  names(): Promise<readonly string[]> {
    const now = this.#now();
    if (this.#kept === undefined || now >= this.#kept.untilMs) {
      this.#kept = { names: this.#ask(), untilMs: now + keepMs };
    }
    return this.#kept.names;
  }

  async #ask(): Promise<readonly string[]> {
    const signal = AbortSignal.timeout(limitMs);
    const names = this.#offering.map(async ({ prefix, ...place }) => {
      const models = await askForModels(place, signal);
      return (models ?? []).map(({ id }) => `${prefix}/${id}`);
    });
    return (await Promise.all(names)).flat();
  }
}
