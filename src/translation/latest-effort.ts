import type { MessagesRequest } from '../messages/types.ts';

export interface AskedEffort {
  readonly effort: string | undefined;
  /** Where the request says so, for a loss. */
  readonly field: string;
}

/** The effort that holds for a request: Claude Code repeats it on its `system` messages, and the latest one counts. */
export function latestEffort({ messages, output_config }: MessagesRequest): AskedEffort {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    const effort = message?.role === 'system' ? message.output_config?.effort : undefined;
    if (effort !== undefined && effort !== null) return { effort, field: `messages.${index}.output_config.effort` };
  }
  return { effort: output_config?.effort ?? undefined, field: 'output_config.effort' };
}
