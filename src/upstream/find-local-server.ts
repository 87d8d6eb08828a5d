import { placeOf, type ServerName } from '../config/servers.ts';
import { askForModels, type LocalModel, type LocalPlace } from './local-models.ts';

export interface FoundServer extends LocalPlace {
  /** There is at least one. */
  readonly models: readonly LocalModel[];
  /** Of those, the ones to begin with. */
  readonly big: LocalModel;
  readonly small: LocalModel;
}

/** Where it is looked, in this order: the first that has a model is taken. */
export const lookedFor: readonly ServerName[] = ['ollama', 'lmstudio', 'llamacpp', 'vllm'];

/** The usual places on this machine. */
export function usualPlaces(): readonly LocalPlace[] {
  return lookedFor.flatMap((server) => {
    const { baseUrl } = placeOf(server);
    return baseUrl === undefined ? [] : [{ server, baseUrl }];
  });
}

/** The first of these places with a server that has models. All are asked at once, and `limitMs` is for all together. */
export async function findLocalServer(
  places: readonly LocalPlace[],
  limitMs: number,
): Promise<FoundServer | undefined> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), limitMs);
  try {
    const asked = places.map((place) => askForModels(place, over.signal));
    for (const [index, place] of places.entries()) {
      const models = await asked[index];
      const chosen = chooseModels(models ?? []);
      if (models !== undefined && chosen !== undefined) return { ...place, models, ...chosen };
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/**
 * Which models to begin with. What is in memory already comes first, then what calls tools, then what is bigger. The
 * small one is another only where two are in memory: loading a second may push out the first, and with it all that it has
 * read of the conversation.
 */
export function chooseModels(models: readonly LocalModel[]): Pick<FoundServer, 'big' | 'small'> | undefined {
  const [big] = models.toSorted((a, b) => rank(b) - rank(a) || (b.parameters ?? 0) - (a.parameters ?? 0));
  if (big === undefined) return undefined;
  const ready = models.filter(({ loaded, tools }) => loaded && tools !== false);
  const small = ready.toSorted((a, b) => (a.parameters ?? 0) - (b.parameters ?? 0))[0];
  return { big, small: big.loaded && small !== undefined ? small : big };
}

/** A model that cannot call tools is of no use to an agent, even where it is in memory. */
function rank({ loaded, tools }: LocalModel): number {
  return (tools === false ? 0 : 4) + (loaded ? 2 : 0) + (tools === true ? 1 : 0);
}
