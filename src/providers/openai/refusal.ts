import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import type { OpenaiApi } from './api.ts';
import type { SaidError } from './error-shapes.ts';

/** A request that was refused, and what is known to find a repair for it. */
export interface Refusal {
  /** The upstream's words; empty where it has none. */
  readonly text: string;
  readonly said: SaidError;
  /** Undefined for an error in a stream. */
  readonly status: number | undefined;
  readonly kind: ErrorKind;
  readonly api: OpenaiApi;
  readonly request: MessagesRequest;
  readonly target: Target;
  readonly context: TranslationContext;
  readonly toolNames: ToolNames;
  /** What to do where reasoning is refused that the request gave back. */
  readonly withoutReasoning: () => Repair | undefined;
}

/** The names of the tools, as far as a refusal may speak of them. */
export interface ToolNames {
  /** The client's name of a tool, from the name it had upstream. */
  readonly ofUpstreamName: (name: string) => string;
  /** The client's name of the tool at a place of the upstream request's `tools`. */
  readonly at: (index: number) => string | undefined;
}

const refusalCodes: ReadonlySet<string> = new Set([
  'unknown_parameter',
  'unsupported_parameter',
  'unsupported_value',
  'extra_forbidden',
  'string_above_max_length',
  'array_above_max_length',
  'object_above_max_properties',
]);

/** Whether it is a parameter as such that is refused, or the one value it has. */
export function isParameterRefused({ said, text }: Refusal): boolean {
  return said.codes.some((code) => refusalCodes.has(code)) || refusedName(text) !== undefined;
}

const name = String.raw`[\x60'"]?([A-Za-z_][\w.[\]]*)[\x60'"]?`;
const refusals: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:unrecognized|unknown|unsupported|unexpected) (?:request )?(?:argument|parameter|field|name)s?(?: supplied)?:? ${name}`,
    'i',
  ),
  new RegExp(String.raw`does(?: not|n't) support (?:the )?parameter:? ${name}`, 'i'),
  new RegExp(String.raw`(?:argument|parameter) not supported[^:]*: ${name}`, 'i'),
  /property [\x60'"]([\w.]+)[\x60'"] is unsupported/i,
  new RegExp(
    String.raw`(?:parameter|field|argument) ${name} (?:is|are) (?:not (?:supported|allowed|permitted|recognized)|unsupported|unknown)`,
    'i',
  ),
  /[\x60'"]([a-z_]+(?:\.[\w.]+)?)[\x60'"] (?:is|are) (?:not supported|unsupported|not allowed)/i,
  new RegExp(String.raw`^${name}: extra inputs are not permitted`, 'i'),
  /does(?: not|n't) support (?:this |the )?[\x60'"]?(tool_choice|parallel_tool_calls|response_format|stream_options)/i,
];

/** The parameter that the words name. */
export function refusedName(text: string): string | undefined {
  for (const refusal of refusals) {
    const found = refusal.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `stream_options.include_usage` → `stream_options`; `reasoningEffort`, as some servers call it → `reasoning_effort`. */
export function rootOf(parameter: string | undefined): string | undefined {
  const root = /^[A-Za-z_]\w*/.exec(parameter ?? '')?.[0];
  return root?.replaceAll(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, capital: string) => `${before}_${capital.toLowerCase()}`,
  );
}
