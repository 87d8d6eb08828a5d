import type { BetaModelCapabilities } from '@anthropic-ai/sdk/resources/beta/models';
import type { Config } from '../config/config.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { MessagesRequest } from '../messages/types.ts';
import { geminiModelOf } from '../models/gemini-models.ts';
import { type Effort, familyOf, traitsOf } from '../models/model-traits.ts';
import { vendorNameOf } from '../models/named-model.ts';
import type { Abilities, ProviderRegistry, Target } from '../providers/provider.ts';

/**
 * What a model can do for a client of the proxy: by itself, or with what the proxy does for it. Null where nothing is
 * known of the model, or it cannot be called.
 */
export function capabilitiesOf(
  target: Target,
  config: Config,
  registry: ProviderRegistry,
): BetaModelCapabilities | null {
  const abilities = abilitiesOf(target, config, registry);
  if (abilities === undefined || familyOf(vendorNameOf(target)) === undefined) return null;
  const efforts = effortsOf(target);
  const searches = abilities.hostedTools.has('web_search') || config.web.search !== undefined;
  return {
    batch: no,
    citations: no,
    code_execution: no,
    compaction: null,
    // Done by the proxy, for every model.
    context_management: {
      supported: true,
      clear_thinking_20251015: yes,
      clear_tool_uses_20250919: yes,
      compact_20260112: yes,
    },
    effort: {
      supported: efforts.length > 0,
      low: { supported: efforts.includes('low') },
      medium: { supported: efforts.includes('medium') },
      high: { supported: efforts.includes('high') },
      xhigh: { supported: efforts.includes('xhigh') },
      max: { supported: efforts.includes('max') },
    },
    image_input: { supported: abilities.images },
    // What the model does not read itself, the proxy reads for it.
    pdf_input: yes,
    server_tools: { supported: searches, web_search: { supported: searches }, code_execution: no },
    structured_outputs: yes,
    // None of the ways to ask for it is refused; a model that does not think answers without.
    thinking: {
      supported: traitsOf(target).reasons,
      types: { adaptive: yes, between_tools: yes, disabled: yes, enabled: yes },
    },
  };
}

const yes = { supported: true };
const no = { supported: false };

/** A request that asks for everything that depends on the request. */
const sample: MessagesRequest = {
  model: '',
  max_tokens: 1,
  messages: [{ role: 'user', content: '' }],
  tools: [{ type: 'web_search_20250305', name: 'web_search' }],
};

function abilitiesOf(target: Target, config: Config, registry: ProviderRegistry): Abilities | undefined {
  try {
    const provider = registry(target, config);
    return provider.form === 'translated' ? provider.abilitiesOf(sample, target, { repairs: [] }) : undefined;
  } catch (error) {
    // Its key is missing.
    if (error instanceof ProxyError) return undefined;
    throw error;
  }
}

function effortsOf(target: Target): readonly Effort[] {
  if (target.provider !== 'gemini' && target.provider !== 'vertex') return traitsOf(target).efforts ?? [];
  const { thinking } = geminiModelOf(target);
  switch (thinking.kind) {
    case 'none':
      return [];
    case 'budget':
      return ['low', 'medium', 'high', 'xhigh', 'max'];
    case 'level':
      return thinking.levels.map((level) => geminiWords[level]);
  }
}

const geminiWords = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;
