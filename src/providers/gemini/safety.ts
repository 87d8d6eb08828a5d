import type { Translation } from './translation.ts';
import type { SafetySetting } from './wire.ts';

/** Those that both platforms know and that are not deprecated (source: `HarmCategory` in @google/genai). */
const categories = [
  'HARM_CATEGORY_HARASSMENT',
  'HARM_CATEGORY_HATE_SPEECH',
  'HARM_CATEGORY_SEXUALLY_EXPLICIT',
  'HARM_CATEGORY_DANGEROUS_CONTENT',
] as const satisfies readonly NonNullable<SafetySetting['category']>[];

/**
 * The Messages API has no such filters, and Gemini's own trip over code that deals with security: they are off. Where that
 * is refused, nothing is blocked by them.
 */
export function safetySettings({ context }: Translation): readonly SafetySetting[] {
  const isRefused = context.repairs.some(
    (repair) => repair.kind === 'omit-parameter' && repair.parameter === 'safetySettings',
  );
  return categories.map((category) => ({ category, threshold: isRefused ? 'BLOCK_NONE' : 'OFF' }));
}
