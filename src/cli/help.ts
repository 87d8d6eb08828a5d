import { variableList } from '../config/describe.ts';

/** What `--help` prints. */
export function helpText(): string {
  return `Runs Claude Code and every Anthropic API client on OpenAI, Google Gemini, Anthropic and OpenAI-compatible servers.

  claude-code-proxy           serve (same as: serve)
  claude-code-proxy demo      serve with a scripted model built in; needs no key
  claude-code-proxy models    what is known of the configured models, and from whom; models NAME for one, --json
  claude-code-proxy --help    this text
  claude-code-proxy --version

Settings, from the environment or from .env in this directory, with their defaults (docs/config.md explains them):

${variableList()}
`;
}
