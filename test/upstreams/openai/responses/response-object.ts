import { isRecord } from '../../json.ts';
import type { ResponsesRequest } from './responses-request.ts';

/** A response as it stands before anything is said: what was asked for, echoed. */
export function responseObject(
  id: string,
  createdAt: number,
  body: ResponsesRequest,
  status: string,
): Record<string, unknown> {
  const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
  const { service_tier: tier } = body;
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status,
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: body.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: typeof tier === 'string' && tier !== 'auto' ? tier : 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: isRecord(body.text) ? body.text : { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: null,
    user: null,
    metadata: body.metadata ?? {},
  };
}
