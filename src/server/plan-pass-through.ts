import type { Config } from '../config/config.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { readModel } from '../messages/body-model.ts';
import type { Target } from '../providers/provider.ts';
import { planTarget, preferredTarget } from '../routing/plan-target.ts';
import type { Exchange } from './exchange.ts';
import type { PassThrough } from './pass-through.ts';
import type { ReceivedBody } from './read-body.ts';
import type { ServerParts } from './routes.ts';

/**
 * Whether a body goes on as it is, told from nothing of it but the model it names. A body that names none goes where
 * everything goes that names nothing: if that is Anthropic, its own word on such a body is the best there is.
 */
export function planPassThrough(body: ReceivedBody, exchange: Exchange, parts: PlanningParts): PassThrough | undefined {
  const model = readModel(body.plain);
  const plan = planned(parts, (config) =>
    model === undefined ? preferredTarget(config) : planTarget(model.name, config),
  );
  if (plan === undefined) return undefined;
  exchange.noteModel(model?.name);
  exchange.noteTarget(plan.target);
  return { ...plan, body: { ...body, model } };
}

/** Where every path under `/v1/` goes on that is not the proxy's own; undefined where there is no such place. */
export function planPassOn(parts: PlanningParts): PassThrough | undefined {
  const plan = planned(parts, preferredTarget);
  return plan === undefined ? undefined : { ...plan, body: undefined };
}

type PlanningParts = Pick<ServerParts, 'config' | 'registry'>;

function planned({ config, registry }: PlanningParts, planIn: (config: Config) => Target) {
  try {
    const target = planIn(config);
    const provider = registry(target, config);
    return provider.form === 'verbatim' ? { provider, target } : undefined;
  } catch (error) {
    // A name that leads nowhere, a key that is missing: said where the request is translated, after its body is checked.
    if (error instanceof ProxyError) return undefined;
    throw error;
  }
}
