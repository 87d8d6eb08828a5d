import type { Family, ModelTraits } from './model-traits.ts';
import { family } from './unknown-model.ts';

type Told = Partial<ModelTraits>;

// How much of a window there is depends on who serves a model: one's own server is started with what its memory allows.
// So none stands here; the table of prices knows the windows of those who serve for money.

const text: Told = { images: false, files: false, strength: 'strong' };
const seeing: Told = { ...text, images: true };
const thinking: Told = { ...text, reasons: true };
const seeingThinking: Told = { ...seeing, reasons: true };
const weak: Told = { ...text, strength: 'weak' };
const seeingWeak: Told = { ...seeing, strength: 'weak' };

const gptOss: Told = {
  ...thinking,
  contextWindow: 131_072,
  efforts: ['low', 'medium', 'high'],
  strength: 'weak',
};
const grok: Told = { ...seeingThinking, stop: false, efforts: [], webSearch: true };
const olderGrok: Told = { ...grok, webSearch: false };

const rows =
  (source: string) =>
  (told: Told, ...prefixes: readonly string[]): Family[] =>
    prefixes.map((prefix) => family(prefix, source, told));
const openai = rows("the model card; Groq's and Ollama's manuals");
const deepseek = rows("DeepSeek's API manual");
const xai = rows("xAI's model pages");
const qwen = rows("Qwen's model cards");
const moonshot = rows("Moonshot's model cards");
const zhipu = rows("Z.ai's model cards");
const minimax = rows("MiniMax's model cards");
const mistral = rows("Mistral's model pages");
const meta = rows("Meta's model cards");
const google = rows("Google's Gemma pages");
const microsoft = rows("Microsoft's model cards");

/**
 * Models that many serve. Which of them see images is told of those that surely see none, since a server refuses the
 * whole request; names that say nothing are left open.
 */
export const openFamilies: readonly Family[] = [
  ...openai(gptOss, 'gpt-oss'),

  ...deepseek(thinking, 'deepseek'),
  // "none" stands for `thinking: disabled`, a switch of its own there; words between its three steps it maps itself.
  ...deepseek({ ...thinking, efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] }, 'deepseek-v4'),
  ...deepseek({ ...weak, reasons: true }, 'deepseek-r1-distill', 'deepseek-r1:'),

  ...xai(grok, 'grok'),
  ...xai(olderGrok, 'grok-2', 'grok-3', 'grok-code'),
  ...xai({ ...olderGrok, efforts: ['low', 'high'] }, 'grok-3-mini'),
  ...xai({ ...grok, efforts: ['none', 'low', 'medium', 'high'] }, 'grok-4.3'),

  ...qwen({ reasons: true }, 'qwen'),
  ...qwen(weak, 'qwen2', 'qwen1'),
  ...qwen(seeingWeak, 'qwen2-vl', 'qwen2.5-vl', 'qwen2.5vl', 'qwen2.5-omni'),
  ...qwen({ ...thinking, strength: 'weak' }, 'qwen3-', 'qwen3:', 'qwq'),
  ...qwen(text, 'qwen3-coder'),
  ...qwen(seeingThinking, 'qwen3-vl', 'qwen3-omni'),

  ...moonshot({ ...seeing, reasons: true }, 'kimi'),
  ...moonshot(text, 'kimi-k2-', 'kimi-k2:', 'moonshot-v1'),
  ...moonshot(thinking, 'kimi-k2-thinking'),

  ...zhipu({ reasons: true, strength: 'strong' }, 'glm-'),
  ...zhipu(weak, 'glm-4-', 'chatglm'),
  ...zhipu(thinking, 'glm-4.5', 'glm-4.6', 'glm-4.7'),
  ...zhipu(seeingThinking, 'glm-4.5v', 'glm-4.6v'),

  ...minimax({ reasons: true, strength: 'strong' }, 'minimax'),
  ...minimax(thinking, 'minimax-m2'),

  ...mistral(seeing, 'mistral-medium', 'mistral-large', 'mistral-small', 'pixtral', 'ministral'),
  ...mistral(weak, 'mistral-7b', 'mistral:', 'mistral-nemo', 'open-mistral', 'mixtral', 'open-mixtral'),
  ...mistral(text, 'codestral', 'devstral'),
  ...mistral(seeingThinking, 'magistral'),

  ...meta(weak, 'llama', 'meta-llama', 'codellama'),
  ...meta(seeingWeak, 'llama-3.2-11b', 'llama-3.2-90b', 'llama3.2-vision', 'llama-4', 'llama4', 'llama-guard-4'),

  ...google(weak, 'gemma2', 'gemma:', 'codegemma'),
  ...google(seeingWeak, 'gemma3', 'gemma4'),

  ...microsoft(weak, 'phi'),
  ...microsoft({ ...weak, reasons: true }, 'phi-4-reasoning', 'phi4-reasoning', 'phi-4-mini-reasoning'),
  ...microsoft(seeingWeak, 'phi-4-multimodal', 'phi-3.5-vision', 'phi-3-vision'),

  ...rows("IBM's model cards")(weak, 'granite'),
  ...rows("Cohere's model pages")(text, 'command'),
  ...rows("Cohere's model pages")(seeing, 'command-a-vision'),
];
