import { anthropicKind } from './anthropic-kind.ts';
import { gemini3Kind } from './gemini-kind.ts';
import type { UpstreamKind } from './upstream-kind.ts';

/** Two vendors behind one proxy: Claude Code's own model at Anthropic, haiku at Gemini. */
export const mixedKind: UpstreamKind = {
  ...anthropicKind,
  name: 'mixed',
  async start(options) {
    const [anthropic, gemini] = await Promise.all([anthropicKind.start(options), gemini3Kind.start(options)]);
    const { GEMINI_API_KEY = '', GEMINI_BASE_URL = '' } = gemini.settings;
    return {
      settings: { ...anthropic.settings, GEMINI_API_KEY, GEMINI_BASE_URL, HAIKU_MODEL: gemini3Kind.model },
      secrets: [...anthropic.secrets, ...gemini.secrets],
      /** Those to Anthropic first. */
      get calls() {
        return [...anthropic.calls, ...gemini.calls];
      },
      get refusals() {
        return [...anthropic.refusals, ...gemini.refusals];
      },
      async stop() {
        await Promise.all([anthropic.stop(), gemini.stop()]);
      },
    };
  },
};
