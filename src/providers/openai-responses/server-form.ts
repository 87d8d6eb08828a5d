import type { ChatDialect } from '../openai/dialect.ts';

/** How one server's Responses API differs from another's. Data only: the code asks for a flag, never for a name. */
export interface ServerForm {
  readonly systemRole: 'developer' | 'system';
  /** A system text behind the head of the conversation. */
  readonly midSystem: 'in-place' | 'user-text';
  /** `text`: servers that check items more strictly than OpenAI take a plain string from whoever was not their model. */
  readonly assistantContent: 'parts' | 'text';
  /** What a result shows beside text: in the result, or by the user behind all results. */
  readonly resultMedia: 'in-place' | 'shown-by-user';
  /** Whether it hands out its reasoning encrypted where it is asked to; what others hand out unasked goes back as it came. */
  readonly encryptedReasoning: boolean;
  /** A reasoning item without an id is refused; which one makes no difference (source: what vLLM reads of it). */
  readonly reasoningIds: boolean;
  /** The most domains that its web search can be kept to. */
  readonly mostSearchDomains: number;
  /** Whether it pads its events against guesses by their length, which can be switched off. */
  readonly obfuscates: boolean;
}

const openai: ServerForm = {
  systemRole: 'developer',
  midSystem: 'in-place',
  assistantContent: 'parts',
  resultMedia: 'in-place',
  encryptedReasoning: true,
  reasoningIds: false,
  // Its guide to web search.
  mostSearchDomains: 100,
  obfuscates: true,
};

/** xAI's manual: one system message, at the head; results are text; five domains. */
const likeOpenai: ServerForm = {
  ...openai,
  systemRole: 'system',
  midSystem: 'user-text',
  resultMedia: 'shown-by-user',
  mostSearchDomains: 5,
  obfuscates: false,
};

/** Servers that have the path beside Chat Completions, to which the user has sent us on purpose. */
const compatible: ServerForm = {
  ...likeOpenai,
  assistantContent: 'text',
  encryptedReasoning: false,
  reasoningIds: true,
};

export function serverFormOf({ vendorRules, responses }: ChatDialect): ServerForm {
  if (vendorRules) return openai;
  return responses ? likeOpenai : compatible;
}
