import { configRules } from './config-rules.ts';
import { contentRules } from './content-rules.ts';
import { functionTurnRules } from './function-turn-rules.ts';
import type { GeminiRequest, Platform } from './gemini-request.ts';
import { mediaRules } from './media-rules.ts';
import type { ModelFamily } from './models.ts';
import { promptTokens } from './prompt-size.ts';
import { invalid, type Refusal, refused } from './refusal.ts';
import { signatureRules } from './signature-rules.ts';
import type { Signatures } from './signatures.ts';
import { toolRules } from './tool-rules.ts';

/** What the fake insists on. The defaults are Google's own APIs, on the strict side where they have been seen to differ. */
export interface Rules {
  /** `any`: every name is served, with the rules of the newest models. */
  readonly models: 'google' | 'any';
  readonly key: 'required' | 'ignored';
  readonly unknownFields: 'refuse' | 'ignore';
  /** Smaller or larger than the model's own. */
  readonly inputTokenLimit: number | undefined;
  readonly outputTokenLimit: number | undefined;
  /** Whether a prompt that is too long is told its own length. */
  readonly lengthTold: boolean;
  readonly maxBodyBytes: number;
  readonly signatures: 'checked' | 'ignored';
  /** Whether calls must keep the ids they were given; `unknown`: ids are refused, as Vertex AI does. */
  readonly callIds: 'checked' | 'free' | 'unknown';
  /** Which model turns with calls must be signed: those since the user last wrote something, or every one. */
  readonly signedSteps: 'current-turn' | 'all';
  /** Thoughts in a request without a signature: a model's own may come back so, another vendor's may not. */
  readonly unsignedThoughts: 'refuse' | 'accept';
  /** `subset`: only what is documented. `ignore`: keywords besides do nothing, as in the real API. `refuse`: not known at all. */
  readonly jsonSchema: 'subset' | 'ignore' | 'refuse';
  /** How many characters of schemas calls can be held to in the modes ANY and VALIDATED. */
  readonly maxForcedSchemaLength: number;
  /** Whether single regions of Vertex AI lack the newer models. */
  readonly regions: 'checked' | 'ignored';
  /** `wrapped`: in a list of one. `with-errors`: with AI Studio's older list of errors beside. */
  readonly errorForm: 'plain' | 'wrapped' | 'with-errors';
}

export const googleRules: Rules = {
  models: 'google',
  key: 'required',
  unknownFields: 'refuse',
  inputTokenLimit: undefined,
  outputTokenLimit: undefined,
  lengthTold: true,
  maxBodyBytes: 20 * 1024 * 1024,
  signatures: 'checked',
  callIds: 'checked',
  signedSteps: 'current-turn',
  unsignedThoughts: 'refuse',
  jsonSchema: 'subset',
  maxForcedSchemaLength: 1_000_000,
  regions: 'checked',
  errorForm: 'plain',
};

/** What a rule may look at. */
export interface Ruling {
  readonly request: GeminiRequest;
  readonly platform: Platform;
  readonly family: ModelFamily;
  readonly rules: Rules;
  readonly signatures: Signatures;
}

export type Rule = (ruling: Ruling) => Refusal | undefined;

/** The first thing the real API would not take of a request whose fields are all well-formed. */
export function judge(ruling: Ruling): Refusal | undefined {
  const { request } = ruling;
  const both = [...contentRules, ...mediaRules, ...functionTurnRules, ...toolRules];
  // A count needs a prompt that can be read; how to answer it is not looked at.
  const rules = request.method === 'countTokens' ? both : [...both, ...configRules, ...signatureRules, inputLength];
  for (const rule of rules) {
    const refusal = rule(ruling);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const inputLength: Rule = ({ request, family, platform, rules }) => {
  const tokens = promptTokens(request);
  const limit = family.inputTokenLimit;
  if (tokens <= limit) return;
  if (!rules.lengthTold) return invalid(`The input token count exceeds the maximum number of tokens allowed ${limit}.`);
  return refused(
    platform,
    `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`,
    `the input token count is ${tokens} but model only supports up to ${limit}. Reduce the input token count and try again. You can also use the CountTokens API to calculate prompt token count and billable characters.`,
  );
};

/** A body that is too large is refused unread. */
export function judgeSize(bytes: number, { maxBodyBytes }: Rules): Refusal | undefined {
  if (bytes <= maxBodyBytes) return;
  return invalid(`Request payload size exceeds the limit: ${maxBodyBytes} bytes.`);
}
