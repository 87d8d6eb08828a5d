import { isRecord } from '../../messages/json.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import type { BuiltRequest, TokenCount } from '../provider.ts';

// Servers on a user's own machine count with the model's own tokenizer, in the form of its own chat template. Their
// counters stand beside `/v1`, not below it.

type BuildChat = TokenCount['buildRequest'];

/** vLLM's `POST /tokenize`, which takes a conversation. `buildChat` makes the request whose prompt is counted. */
export function vllmCounter(buildChat: BuildChat): TokenCount {
  return {
    buildRequest(request, target, context) {
      const chat = buildChat(request, target, context);
      return beside('/tokenize', chat, fieldsOf(chat, [...promptFields, 'model', ...ending]));
    },
    readAnswer: (body) => wholeNumber(parsed(body).count),
  };
}

/** llama.cpp's `POST /apply-template`, which writes a conversation out, and `POST /tokenize` for the text it gives. */
export function llamacppCounter(buildChat: BuildChat): TokenCount {
  return {
    buildRequest(request, target, context) {
      const chat = buildChat(request, target, context);
      return beside('/apply-template', chat, fieldsOf(chat, promptFields));
    },
    readAnswer(body, built) {
      const { prompt, tokens } = parsed(body);
      if (Array.isArray(tokens)) return tokens.length;
      if (typeof prompt !== 'string') return undefined;
      const url = built.url.replace(/\/apply-template$/, '/tokenize');
      return { ...built, url, body: writeJson({ content: prompt, add_special: true, parse_special: true }) };
    },
  };
}

/** What of a request on Chat Completions becomes the prompt. */
const promptFields = ['messages', 'tools', 'chat_template_kwargs'];
const ending = ['add_generation_prompt', 'continue_final_message'];

function beside(path: string, chat: BuiltRequest, body: object): BuiltRequest {
  const root = chat.url.replace(/(?:\/v1)?\/chat\/completions(?:\?.*)?$/, '');
  return { ...chat, url: root + path, headers: { ...chat.headers, accept: 'application/json' }, body: writeJson(body) };
}

function fieldsOf({ body }: BuiltRequest, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(parsed(body)).filter(([name]) => names.includes(name)));
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
