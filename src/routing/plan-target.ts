import type { Config, ProviderName } from '../config/config.ts';
import { serverNamed } from '../config/servers.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { callName, type Target } from '../providers/provider.ts';
import { serverInName } from './named-server.ts';
import { type Place, targetOf } from './target-of.ts';

/** What stands before a provider's name in ids made for Claude Code, which lists only names that begin like Claude's. */
const listedPrefix = 'anthropic-';

type Tier = 'opus' | 'sonnet' | 'haiku' | 'other claude';

/**
 * Where a request goes, from the model it names. A prefix (`openai/…`, `groq/…`) chooses outright; a bare name of a
 * known family goes to its vendor; a Claude name becomes what its tier is set to; everything else goes to the preferred
 * provider.
 */
export function planTarget(requested: string, config: Config): Target {
  const name = withoutSuffix(requested);
  if (name === '')
    throw new ProxyError('invalid-request', 'model: the name is empty; write one, such as claude-sonnet-4-5');

  const outright = providerInName(name, config);
  if (outright !== undefined) return targetOf(outright, 'as named', config);

  const tier = tierOf(name);
  if (tier !== undefined) return planTier(tier, name, config);

  if (/^(?:openai|gemini|vertex|anthropic)\/$/i.test(name) || (name.endsWith('/') && serverNamed(name.slice(0, -1)))) {
    throw new ProxyError('invalid-request', `model: "${name}" names a provider but no model`);
  }
  return targetOf({ ...preferredPlace(config), model: name }, 'as named, preferred provider', config);
}

/** Where a request goes that names no model, such as one for a file; the target has none either. */
export function preferredTarget(config: Config): Target {
  return targetOf({ ...preferredPlace(config), model: '' }, 'preferred provider', config);
}

/** The id under which the model list offers a target to Claude Code; `planTarget` leads it back to the same target. */
export function listedId(target: Target): string {
  const id = `${callName(target)}/${target.model}`;
  return target.provider === 'anthropic' ? id : listedPrefix + id;
}

/** Whether the name is one that somebody made for a reason, and not just handed on to the preferred provider. */
export function isRecognised(name: string, config: Config): boolean {
  const plain = withoutSuffix(name);
  return plain !== '' && (providerInName(plain, config) !== undefined || tierOf(plain) !== undefined);
}

/** `[1m]` and the like are marks between Claude Code and its user; no upstream knows them. */
function withoutSuffix(name: string): string {
  let plain = name.trim();
  while (plain.endsWith(']') && plain.includes('[')) plain = plain.slice(0, plain.lastIndexOf('[')).trimEnd();
  return plain;
}

function providerInName(name: string, config: Config): Place | undefined {
  const prefixed = /^(?:anthropic-)?(openai|gemini|vertex|anthropic)\/(.+)$/is.exec(name);
  const model = prefixed?.[2];
  if (model !== undefined) return { provider: providerOf(prefixed?.[1] ?? ''), model };
  const named = serverInName(name, config);
  if (named !== undefined) return { provider: 'openai', ...named };
  if (/^(?:gpt-|chatgpt-|codex-|o\d(?:-|$))/i.test(name)) {
    return { provider: 'openai', server: config.preferredServer, model: name };
  }
  if (/^gemini-/i.test(name)) return { provider: googleProvider(config), model: name };
  return undefined;
}

function providerOf(prefix: string): ProviderName {
  switch (prefix.toLowerCase()) {
    case 'gemini':
      return 'gemini';
    case 'vertex':
      return 'vertex';
    case 'anthropic':
      return 'anthropic';
    default:
      return 'openai';
  }
}

/** Claude's names on all its platforms (`claude-…`, `us.anthropic.claude-…`) and Claude Code's short ones. */
function tierOf(name: string): Tier | undefined {
  const lower = name.toLowerCase();
  if (lower === 'opus' || lower === 'sonnet' || lower === 'haiku') return lower;
  if (!/(?:^|\.)claude(?![a-z])/.test(lower)) return undefined;
  for (const tier of ['haiku', 'sonnet', 'opus'] as const) if (lower.includes(tier)) return tier;
  return 'other claude';
}

function planTier(tier: Tier, name: string, config: Config): Target {
  const finer = finerModel(tier, config);
  if (finer !== undefined) return targetOf(placeOfSetting(finer.model, config), `${tier} → ${finer.variable}`, config);
  if (config.preferredProvider === 'anthropic') {
    return targetOf({ provider: 'anthropic', model: name }, 'as named', config);
  }
  return tier === 'haiku'
    ? targetOf(placeOfSetting(config.models.small, config), `${tier} → SMALL_MODEL`, config)
    : targetOf(placeOfSetting(config.models.big, config), `${tier} → BIG_MODEL`, config);
}

function finerModel(tier: Tier, config: Config): { readonly model: string; readonly variable: string } | undefined {
  const { opus, sonnet, haiku } = config.models;
  if (tier === 'opus' && opus !== undefined) return { model: opus, variable: 'OPUS_MODEL' };
  if (tier === 'sonnet' && sonnet !== undefined) return { model: sonnet, variable: 'SONNET_MODEL' };
  if (tier === 'haiku' && haiku !== undefined) return { model: haiku, variable: 'HAIKU_MODEL' };
  return undefined;
}

/** A model as a setting names it. Google serves no model but its own, so any other name there is meant for OpenAI's side. */
function placeOfSetting(setting: string, config: Config): Place {
  const model = withoutSuffix(setting);
  const outright = providerInName(model, config);
  if (outright !== undefined) return outright;
  if (tierOf(model) !== undefined) return { provider: 'anthropic', model };
  return { ...(config.preferredProvider === 'google' ? { provider: 'openai' } : preferredPlace(config)), model };
}

function preferredPlace(config: Config): Omit<Place, 'model'> {
  const { preferredProvider, preferredServer } = config;
  return {
    provider: preferredProvider === 'google' ? googleProvider(config) : preferredProvider,
    server: preferredServer,
  };
}

function googleProvider(config: Config): ProviderName {
  return config.upstreams.vertex.enabled ? 'vertex' : 'gemini';
}
