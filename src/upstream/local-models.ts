import type { Secret } from '../config/secret.ts';
import { placeOf, type ServerName } from '../config/servers.ts';
import { isRecord } from '../messages/json.ts';
import { readCapped } from './read-capped.ts';

/** A model that a server on the user's machine can answer with, as far as the server tells. */
export interface LocalModel {
  readonly id: string;
  /** It is in memory, and answers at once. */
  readonly loaded: boolean;
  /** Undefined: not told. */
  readonly tools: boolean | undefined;
  /** In billions. */
  readonly parameters: number | undefined;
  /** The tokens of a prompt and its answer together. */
  readonly window: number | undefined;
}

export interface LocalPlace {
  readonly server: ServerName;
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: Secret | undefined;
}

const mostModels = 200;
const mostAsked = 32;
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * The chat models of a server, in its own order; undefined where nobody answers in time, or something else than such a
 * server does. What one part of the answer tells too late is as if it were not told.
 */
export async function askForModels(place: LocalPlace, signal: AbortSignal): Promise<readonly LocalModel[] | undefined> {
  const ask = asker(place, signal);
  const tell = placeOf(place.server).tellsModels;
  const [list, told] = await Promise.all([ask('/v1/models'), tell === undefined ? undefined : tellers[tell](ask)]);
  const rows = rowsOf(list, 'data')?.slice(0, mostModels);
  if (rows === undefined) return undefined;
  return rows.flatMap((row) => {
    if (typeof row.id !== 'string' || !canBeNamed.test(row.id)) return [];
    const { isChat = !namesOther.test(row.id), ...about } = told?.get(row.id) ?? told?.get('') ?? {};
    if (!isChat) return [];
    return [
      {
        id: row.id,
        loaded: about.loaded ?? false,
        tools: about.tools,
        parameters: about.parameters ?? parametersIn(row.id),
        window: about.window ?? numberIn(row.max_model_len),
      },
    ];
  });
}

/** A mark in brackets at the end would be taken for one of Claude Code's. */
const canBeNamed = /^[^\s\p{Cc}]{0,299}[^\s\p{Cc}\]]$/u;

/** Models for something else than talk are listed among the others. */
const namesOther = /embed|rerank|whisper|\btts\b|\bbge\b|\bclip\b|stable-diffusion/i;

type Ask = (path: string, body?: object) => Promise<unknown>;
type Told = Partial<Omit<LocalModel, 'id'>> & { readonly isChat?: boolean | undefined };
/** By the id of the model; `''` is about all of them. */
type Tell = (ask: Ask) => Promise<ReadonlyMap<string, Told>>;

/** What each tells beside OpenAI's list, by its own interface. */
const tellers: Readonly<Record<NonNullable<ReturnType<typeof placeOf>['tellsModels']>, Tell>> = {
  /** Source: "API reference": `/api/tags`, `/api/ps`, `/api/show`. */
  async ollama(ask) {
    const [tags, running] = await Promise.all([ask('/api/tags'), ask('/api/ps')]);
    const windows = new Map(rowsOf(running, 'models')?.map((row) => [row.name, numberIn(row.context_length)]));
    const names = (rowsOf(tags, 'models') ?? []).flatMap(({ name, details }) =>
      typeof name === 'string' ? [{ name, details }] : [],
    );
    const shown = await Promise.all(
      names.slice(0, mostAsked).map(async ({ name }) => [name, await ask('/api/show', { model: name })] as const),
    );
    const shows = new Map(shown);
    return new Map(
      names.map(({ name, details }) => {
        const show = shows.get(name);
        const abilities = isRecord(show) && Array.isArray(show.capabilities) ? show.capabilities : undefined;
        const set =
          isRecord(show) && typeof show.parameters === 'string' ? /^num_ctx\s+(\d+)/m.exec(show.parameters) : null;
        return [
          name,
          {
            loaded: windows.has(name),
            isChat: abilities === undefined ? undefined : abilities.includes('completion'),
            tools: abilities === undefined ? undefined : abilities.includes('tools'),
            parameters: isRecord(details) ? parametersIn(details.parameter_size) : undefined,
            window: windows.get(name) ?? numberIn(Number(set?.[1])),
          },
        ];
      }),
    );
  },

  /** Source: "REST API v0". */
  async lmstudio(ask) {
    const rows = rowsOf(await ask('/api/v0/models'), 'data') ?? [];
    return new Map(
      rows.map(({ id, type, state, loaded_context_length: window, capabilities }) => [
        String(id),
        {
          loaded: state === 'loaded',
          isChat: typeof type === 'string' ? type === 'llm' || type === 'vlm' : undefined,
          tools: Array.isArray(capabilities) ? capabilities.includes('tool_use') : undefined,
          window: numberIn(window),
        },
      ]),
    );
  },

  /** Source: the README of its server: it has one model, and tells of it in `/props`. */
  async llamacpp(ask) {
    const props = await ask('/props');
    const settings = isRecord(props) ? props.default_generation_settings : undefined;
    const window = isRecord(settings) ? numberIn(settings.n_ctx) : undefined;
    return new Map([['', { loaded: true, ...(window !== undefined && { window }) }]]);
  },

  /** The list itself tells `max_model_len`, and the model is in memory as long as the server runs. */
  vllm: () => Promise.resolve(new Map([['', { loaded: true }]])),
};

/** Asks below the address without `/v1`. Undefined for everything that is no JSON of a success. */
function asker({ baseUrl, apiKey }: LocalPlace, signal: AbortSignal): Ask {
  const root = baseUrl.replace(/\/v1$/, '');
  const headers = { accept: 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey.reveal()}` }) };
  return async (path, body) => {
    try {
      const response = await fetch(root + path, {
        ...(body === undefined ? { headers } : posted(body, headers)),
        signal,
        // Followed, a redirect could lead away from this machine.
        redirect: 'manual',
      });
      const text = await readCapped(response.body, maxAnswerBytes, 'fail');
      return response.ok ? JSON.parse(text) : undefined;
    } catch {
      // Nobody there, too slow, or another program: all of it is "no such server".
      return undefined;
    }
  };
}

function posted(body: object, headers: Readonly<Record<string, string>>) {
  return { method: 'POST', body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
}

function rowsOf(value: unknown, field: string): Readonly<Record<string, unknown>>[] | undefined {
  const rows = isRecord(value) ? value[field] : undefined;
  return Array.isArray(rows) ? rows.filter(isRecord) : undefined;
}

/** `30.5B` and `qwen3-coder:30b` as billions. */
function parametersIn(text: unknown): number | undefined {
  const [, number, unit] =
    (typeof text === 'string' && /(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z])/i.exec(text)) || [];
  if (number === undefined) return undefined;
  return unit?.toLowerCase() === 'm' ? Number(number) / 1000 : Number(number);
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
