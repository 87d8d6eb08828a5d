/**
 * The words of a full context: Claude Code compacts the conversation when it reads exactly these, and with no others.
 * It works with both numbers, so the prompt is always longer than what is allowed.
 */
export function promptTooLongMessage(promptTokens: number, maximum: number): string {
  return `prompt is too long: ${Math.max(promptTokens, maximum + 1)} tokens > ${maximum} maximum`;
}
