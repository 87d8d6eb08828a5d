import type { Family, ModelTraits } from './model-traits.ts';
import { family } from './unknown-model.ts';

type Told = Partial<ModelTraits>;

const source = "Anthropic's model pages";

/** Claude behind a server of OpenAI's kind (OpenRouter, a gateway): at Anthropic itself its requests pass through. */
const claude: Told = { contextWindow: 200_000, reasons: true, images: true, files: true, strength: 'strong' };
const claude3: Told = { ...claude, maxOutputTokens: 4_096, reasons: false, files: false };
const claude35: Told = { ...claude, maxOutputTokens: 8_192, reasons: false };
const opus4: Told = { ...claude, maxOutputTokens: 32_000 };
const claude4: Told = { ...claude, maxOutputTokens: 64_000 };
const claude46: Told = { ...claude, contextWindow: 1_000_000 };

const row = (prefix: string, told: Told): Family => family(prefix, source, told);
/** Platforms write versions with a dot or a hyphen, and before or after the name. */
const rows = (told: Told, ...prefixes: readonly string[]) => prefixes.map((prefix) => row(prefix, told));

export const claudeFamilies: readonly Family[] = [
  // Also what comes after those below: the newest known is the best guess for the next.
  row('claude-', claude46),
  ...rows({ ...claude3, images: false }, 'claude-2', 'claude-v2', 'claude-instant'),
  row('claude-3-', claude3),
  ...rows(claude35, 'claude-3-5', 'claude-3.5'),
  ...rows(claude4, 'claude-3-7', 'claude-3.7', 'claude-sonnet-3'),
  ...rows(opus4, 'claude-opus-4-2025', 'claude-opus-4-0', 'claude-opus-4@', 'claude-opus-4-1', 'claude-opus-4.1'),
  ...rows(opus4, 'claude-4-opus'),
  ...rows(claude4, 'claude-sonnet-4-2025', 'claude-sonnet-4-0', 'claude-sonnet-4@', 'claude-4-sonnet'),
  ...rows(claude4, 'claude-sonnet-4-5', 'claude-sonnet-4.5', 'claude-4-5-sonnet', 'claude-4.5-sonnet'),
  ...rows(claude4, 'claude-opus-4-5', 'claude-opus-4.5', 'claude-4-5-opus', 'claude-4.5-opus'),
  ...rows(claude4, 'claude-haiku-4', 'claude-4-5-haiku', 'claude-4.5-haiku'),
];
