import type { SearchHit, SearchQuery } from './web-access.ts';

/** One search service's HTTP API: what is asked of it, and how its answer reads. Pure; `askService` makes the call. */
export interface SearchService {
  /** As its makers write it, for messages. */
  readonly name: string;
  /** The variable that holds its key or address, for advice. */
  readonly setting: string;
  /** In characters. */
  readonly maxQueryLength: number;
  buildCall(query: SearchQuery): ServiceCall;
  /** The hits of an answer's JSON; undefined where it is no answer of this service. */
  readHits(body: unknown): readonly SearchHit[] | undefined;
  /** What certain refusals mean, where that is not what they mean elsewhere. */
  readonly refusals?: Readonly<Record<number, string>>;
}

export interface ServiceCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON to be posted; undefined: a GET. */
  readonly body?: object;
}

type Fields = Readonly<Record<string, unknown>>;

/** The objects of a list that came from outside; undefined where there is no list. */
export function objectsOf(list: unknown): Fields[] | undefined {
  return Array.isArray(list) ? list.filter(isObject) : undefined;
}

/** A field of an object that came from outside; undefined where either is missing. */
export function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text where there is one that says something. */
export function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
