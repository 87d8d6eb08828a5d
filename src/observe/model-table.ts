import type { Colors } from 'picocolors/types';
import type { ExplainedModel, KnownProperty } from '../models/known-model.ts';
import { type Prices, type Rate, ratesAt } from '../models/token-cost.ts';
import { printable } from './printable.ts';

/** A model of the configuration, for a person who asks what the proxy knows of it. */
export interface ModelFacts {
  /** `openai/gpt-5.2`. */
  readonly name: string;
  readonly baseUrl: string;
  /** What leads to it: `opus → BIG_MODEL`. */
  readonly routes: readonly string[];
  /** In a few words: `Responses API`. */
  readonly spoken: string;
  /** Else its requests pass through as they are. */
  readonly translated: boolean;
  /** How Gemini is told to think, where the model is called as Google does. */
  readonly thinking: string | undefined;
  /** Whether PDF files go to it as they are, by its server too; undefined: what is known of the model decides. */
  readonly takesFiles: boolean | undefined;
  readonly known: ExplainedModel;
}

interface Row {
  readonly label: string;
  readonly property: KnownProperty;
  readonly value: string | undefined;
  /** Not worth a line where nobody has told it. */
  readonly minor?: true;
}

/** Everything that is known of one model, each line with the number of its source below. */
export function modelTable(facts: ModelFacts, now: Date, paint: Colors): string {
  const { known } = facts;
  const rows = rowsOf(facts, now).filter(({ minor, property }) => !minor || known.sources[property] !== undefined);
  const told = rows.filter(({ property }) => known.sources[property] !== undefined);
  const width = Math.max(0, ...told.map(({ value }) => value?.length ?? 0));
  const sources = [...new Set(told.map(({ property }) => known.sources[property]))];

  const lines = rows.map(({ label, property, value }) => {
    const name = paint.dim(label.padEnd(labelWidth));
    const source = known.sources[property];
    if (source !== undefined) {
      return `  ${name}${printable(value ?? '').padEnd(width)}   ${paint.dim(`[${sources.indexOf(source) + 1}]`)}`;
    }
    return `  ${name}${paint.yellow(value === undefined ? 'not known' : `not known, taken as: ${value}`)}`;
  });
  const alias = facts.name.endsWith(`/${known.name}`) ? '' : `, taken for ${known.name}`;
  const legend = sources.map((source, at) => paint.dim(`  [${at + 1}] ${printable(source ?? '', 200)}`));
  return `${[
    `  ${paint.bold(printable(facts.name))}${printable(alias)}`,
    ...facts.routes.map((route) => paint.dim(`  ${printable(route)}`)),
    paint.dim(`  ${printable(`${facts.spoken}, ${facts.baseUrl}`)}`),
    '',
    ...lines,
    ...(legend.length > 0 ? ['', ...legend] : []),
  ].join('\n')}\n`;
}

const labelWidth = 24;

function rowsOf({ known, thinking, takesFiles, translated }: ModelFacts, now: Date): readonly Row[] {
  const { traits, prices } = known;
  const row = (label: string, property: KnownProperty, value: string | undefined): Row => ({ label, property, value });
  const minor = (label: string, property: KnownProperty, value: string | undefined): Row => ({
    label,
    property,
    value,
    minor: true,
  });
  const tokens = (count: number | undefined) => (count === undefined ? undefined : `${grouped(count)} tokens`);
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  const limits = [
    row('context window', 'contextWindow', tokens(traits.contextWindow)),
    minor('longest prompt', 'maxInputTokens', tokens(traits.maxInputTokens)),
    row('longest answer', 'maxOutputTokens', tokens(traits.maxOutputTokens)),
  ];
  // What passes through is neither changed nor counted here.
  if (!translated) return [...limits, ...priceRows(prices, now)];
  return [
    ...limits,
    row('reasons', 'reasons', yes(traits.reasons)),
    thinking === undefined
      ? row('effort', 'efforts', traits.efforts?.length === 0 ? 'none may be sent' : traits.efforts?.join(' '))
      : row('thinking', 'reasons', thinking),
    row('sees images', 'images', yes(traits.images)),
    row('reads PDF files', 'files', (takesFiles ?? traits.files) ? 'yes' : 'no, the proxy reads them'),
    minor('its vendor searches', 'webSearch', yes(traits.webSearch)),
    minor('temperature, top_p', 'sampling', acceptance[traits.sampling]),
    minor('stop sequences', 'stop', traits.stop ? 'accepted' : 'refused'),
    minor('parallel_tool_calls', 'parallelToolCalls', traits.parallelToolCalls ? 'accepted' : 'refused'),
    minor('tools on Chat', 'chatTools', acceptance[traits.chatTools]),
    minor('on Responses alone', 'onlyResponses', yes(traits.onlyResponses)),
    row('calls of tools', 'strength', traits.strength),
    minor('counted with', 'encoding', traits.encoding),
    ...priceRows(prices, now),
  ];
}

const acceptance = {
  accepted: 'accepted',
  'with-effort-none': 'accepted without effort',
  refused: 'refused',
} as const;

function priceRows(prices: Prices | undefined, now: Date): readonly Row[] {
  const rates = prices === undefined ? undefined : ratesAt(prices, now);
  if (prices === undefined || rates === undefined) return [{ label: 'price', property: 'prices', value: undefined }];
  const row = (label: string, rate: Rate | undefined): readonly Row[] =>
    rate === undefined ? [] : [{ label, property: 'prices', value: rateText(rate) }];
  return [
    ...row('price of the prompt', rates.input),
    ...row('… read from a cache', rates.cachedInput),
    ...row('… written to a cache', rates.cacheWrite),
    ...row('… kept for an hour', rates.cacheWriteHour),
    ...row('price of the answer', rates.output),
    ...(prices.length > 1
      ? [{ label: '', property: 'prices', value: 'now; at other times it is another' } as const]
      : []),
  ];
}

function rateText(rate: Rate): string {
  if (typeof rate === 'number') return `${dollars(rate)} a million tokens`;
  const more = rate.tiers.map(({ above, rate: tier }) => `${dollars(tier)} where the prompt is over ${grouped(above)}`);
  return [`${dollars(rate.base)} a million tokens`, ...more].join(', ');
}

function dollars(amount: number): string {
  const cents = amount.toFixed(2);
  return `$${Number(cents) === amount ? cents : amount}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
