import type { Config, OpenrouterConfig, ProviderName } from '../config/config.ts';
import { placeOf, type ServerName, serverAt } from '../config/servers.ts';
import { knowModel, type ModelPlace } from '../models/known-model.ts';
import { callName, type Target, type TargetExtra } from '../providers/provider.ts';

/** A model and whose it is, before it is known how that one is reached. */
export interface Place {
  readonly provider: ProviderName;
  /** One of the servers that speak OpenAI's language, by its name; undefined: the one of `OPENAI_BASE_URL`. */
  readonly server?: ServerName | undefined;
  readonly model: string;
}

/** The place with its address, its credential and what is known of it; `route` is the rule that chose it. */
export function targetOf(place: Place, route: string, config: Config): Target {
  const reached = reachedTarget(place, route, config);
  return { ...reached, known: knowModel(modelPlaceOf(reached, config), config.modelOverrides) };
}

/** Where a target's model is called, for what is known of it there. */
export function modelPlaceOf(target: Target, config: Config): ModelPlace {
  const { model, baseUrl } = target;
  const profile = serverOf(target);
  // A deployment has a name of its user's choosing, which tells nothing of its model.
  const name = profile === 'azure' ? config.azure.deployments.get(model) : undefined;
  return { provider: callName(target), model, baseUrl, profile, name };
}

function reachedTarget({ provider, server, model }: Place, route: string, config: Config): Target {
  if (provider !== 'openai') {
    const { apiKey, baseUrl } = config.upstreams[provider];
    return { provider, model, baseUrl, apiKey, route };
  }
  const upstream = server === undefined ? unnamed(config) : named(server, config);
  // Azure's dated addresses name the deployment.
  const baseUrl = upstream.baseUrl.replace('{model}', encodeURIComponent(model));
  const target = { provider, model, route, ...upstream, baseUrl };
  const extra = serverOf(target) === 'openrouter' ? openrouterExtra(config.openrouter) : undefined;
  return extra === undefined ? target : { ...target, extra };
}

/** Whose server it is: as it was set, else as the address tells. */
function serverOf({ provider, profile = 'auto', baseUrl }: Pick<Target, 'provider' | 'profile' | 'baseUrl'>) {
  if (provider !== 'openai') return undefined;
  return profile === 'auto' ? serverAt(baseUrl) : profile;
}

function unnamed({
  upstreams,
}: Config): Pick<Target, 'baseUrl' | 'apiKey'> & Required<Pick<Target, 'profile' | 'api'>> {
  const { apiKey, baseUrl, profile, api } = upstreams.openai;
  return { baseUrl, apiKey, profile, api };
}

/** Of a server that is not set up, its usual address: the call is refused before it goes there. */
function named(server: ServerName, { upstreams }: Config) {
  const { apiKey, baseUrl } = upstreams.servers[server] ?? {
    apiKey: undefined,
    baseUrl: placeOf(server).baseUrl ?? '',
  };
  return { server, baseUrl, apiKey, profile: server, api: upstreams.openai.api };
}

function openrouterExtra({ provider, siteUrl, appName }: OpenrouterConfig): TargetExtra | undefined {
  if (provider === undefined && siteUrl === undefined && appName === undefined) return undefined;
  return {
    body: provider === undefined ? {} : { provider },
    headers: {
      ...(siteUrl !== undefined && { 'http-referer': siteUrl }),
      ...(appName !== undefined && { 'x-title': appName }),
    },
  };
}
