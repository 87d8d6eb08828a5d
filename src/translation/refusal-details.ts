import type { BetaRefusalStopDetails } from '@anthropic-ai/sdk/resources/beta/messages/messages';

/** Why an answer ends as a refusal, where another vendor than Anthropic refuses: in words alone. */
export function refusalDetails(explanation: string): BetaRefusalStopDetails {
  return {
    type: 'refusal',
    category: null,
    explanation,
    fallback_credit_token: null,
    fallback_has_prefill_claim: null,
    recommended_model: null,
  };
}
