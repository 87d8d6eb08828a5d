import type { BetaModelInfo } from '@anthropic-ai/sdk/resources/beta/models';
import { ProxyError } from '../errors/proxy-error.ts';
import { traitsOf } from '../models/model-traits.ts';
import type { Target } from '../providers/provider.ts';
import { isRecognised, listedId, planTarget } from '../routing/plan-target.ts';
import { planTiers } from '../routing/plan-tiers.ts';
import { nameOf } from './exchange.ts';
import { capabilitiesOf } from './model-capabilities.ts';
import type { ServerParts } from './routes.ts';

/** What the list is made of. */
export type Listing = Pick<ServerParts, 'config' | 'registry'>;

export interface ModelPage {
  readonly data: readonly BetaModelInfo[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/**
 * `GET /v1/models`: Claude's tiers, then the models behind them, then those that servers of the user's own offer. All
 * ids begin like Claude's, because Claude Code's model picker shows no others; the display name tells the real model.
 */
export function listModels(listing: Listing, query: URLSearchParams, offered: readonly string[] = []): ModelPage {
  const limit = readLimit(query.get('limit'));
  const after = query.get('after_id');
  const before = query.get('before_id');
  if (after !== null && before !== null) {
    throw new ProxyError('invalid-request', 'after_id, before_id: only one of them may be given');
  }

  const wanted = [...query.getAll('lifecycle'), ...query.getAll('lifecycle[]')];
  const all = wanted.length === 0 || wanted.includes('active') ? modelsOf(listing, offered) : [];
  if (before !== null) {
    const end = positionOf(all, before, 'before_id');
    return pageOf(all.slice(Math.max(0, end - limit), end), end > limit);
  }
  const start = after === null ? 0 : positionOf(all, after, 'after_id') + 1;
  return pageOf(all.slice(start, start + limit), all.length > start + limit);
}

/** `GET /v1/models/{id}`: one of the list, or any name that routing knows what to do with. */
export function findModel(listing: Listing, id: string): BetaModelInfo {
  const name = percentDecoded(id);
  const { config } = listing;
  const listed = modelsOf(listing).find((model) => model.id === name);
  if (listed !== undefined) return listed;
  if (!isRecognised(name, config)) {
    throw new ProxyError('model-not-found', `model: ${name} is not one of the models that GET /v1/models lists`);
  }
  const target = planTarget(name, config);
  return describe(name, nameOf(target), target, listing);
}

function modelsOf(listing: Listing, offered: readonly string[] = []): readonly BetaModelInfo[] {
  const mapped = planTiers(listing.config).filter(({ untouched }) => !untouched);
  const models = new Map<string, BetaModelInfo>();
  for (const { tier, id, target } of mapped) {
    if (tier !== 'other Claude') models.set(id, describe(id, `${tier} → ${nameOf(target)}`, target, listing));
  }
  const targets = [...mapped.map(({ target }) => target), ...offered.map((name) => planTarget(name, listing.config))];
  for (const target of targets) {
    models.set(listedId(target), describe(listedId(target), nameOf(target), target, listing));
  }
  return [...models.values()];
}

function describe(id: string, displayName: string, target: Target, { config, registry }: Listing): BetaModelInfo {
  const traits = traitsOf(target);
  return {
    type: 'model',
    id,
    display_name: displayName,
    // The API's own word for "not known" is the epoch.
    created_at: '1970-01-01T00:00:00Z',
    max_input_tokens: traits.maxInputTokens ?? traits.contextWindow ?? null,
    max_tokens: traits.maxOutputTokens ?? null,
    capabilities: capabilitiesOf(target, config, registry),
    allowed_fallback_models: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}

function pageOf(data: readonly BetaModelInfo[], hasMore: boolean): ModelPage {
  return { data, has_more: hasMore, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function readLimit(text: string | null): number {
  if (text === null) return 20;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 1000) throw new ProxyError('invalid-request', 'limit: write a whole number from 1 to 1000');
  return limit;
}

function positionOf(models: readonly BetaModelInfo[], id: string, parameter: string): number {
  const position = models.findIndex((model) => model.id === id);
  if (position < 0) throw new ProxyError('invalid-request', `${parameter}: no model has the id "${id}"`);
  return position;
}

/** Ids hold slashes and brackets, which clients write as %2F; no id holds a percent sign of its own. */
function percentDecoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    // Not percent-encoding: then it is the name as it stands, and no model has it.
    return id;
  }
}
