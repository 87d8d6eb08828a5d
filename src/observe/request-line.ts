// For a person at a terminal; the JSON form of the log holds everything.
import type { Colors } from 'picocolors/types';
import type { Loss } from '../messages/types.ts';
import { callRepairs } from '../providers/provider.ts';
import { printable } from './printable.ts';
import type { RequestRecord } from './request-record.ts';
import type { LossesToTell } from './told-losses.ts';

/** The widths of one line at a width of the terminal: the models get what the other columns leave. */
function layoutFor(columns: number) {
  const withCounts = columns >= 100;
  const withCost = columns >= 110;
  const othersWidth = withCost ? 85 : withCounts ? 75 : 54;
  const modelWidth = Math.min(46, Math.max(25, columns - othersWidth));
  return { withCounts, withCost, modelWidth, lineWidth: othersWidth + modelWidth };
}

const tokensWidth = 21;
const costWidth = 8;
const notesIndent = ' '.repeat(16);

/** What stands in which column, once, above the first line. */
export function requestHeading(columns: number, paint: Colors): string {
  const { withCounts, withCost, modelWidth } = layoutFor(columns);
  const parts = ['time    ', '    ', 'asked for → answered by'.padEnd(modelWidth)];
  if (withCounts) parts.push('    tools', 'messages');
  parts.push(' first  whole', 'read + cached → out'.padEnd(tokensWidth));
  if (withCost) parts.push('cost'.padStart(costWidth));
  return paint.dim(parts.join('  ').trimEnd());
}

/** One request on one aligned line; what went differently than usual stands behind it, or below where it is too long. */
export function requestLine(
  record: RequestRecord,
  losses: LossesToTell,
  time: string,
  columns: number,
  paint: Colors,
): string {
  const { withCounts, withCost, modelWidth, lineWidth } = layoutFor(columns);
  const tokens = tokensOf(record, paint);
  const cost = withCost ? costOf(record) : '';
  const parts = [paint.dim(time), statusOf(record, paint), modelsOf(record, modelWidth, paint)];
  if (withCounts) {
    parts.push(paint.dim(counted(record.tools, 'tool', 9)), paint.dim(counted(record.messages, 'msg', 8)));
  }
  parts.push(`${durationOf(record.firstEventMs).padStart(6)} ${paint.dim(durationOf(record.durationMs).padStart(6))}`);
  if (tokens !== '' || cost !== '') parts.push(tokens === '' ? ' '.repeat(tokensWidth) : tokens);
  if (cost !== '') parts.push(cost.padStart(costWidth));

  const notes = notesOf(record, losses, paint);
  const line = parts.join('  ').trimEnd();
  if (notes.length === 0) return line;
  const plainWidth = notes.reduce((sum, [text]) => sum + text.length + 3, -1);
  const withoutCost = withCost && cost === '' ? costWidth + 2 : 0;
  const used = lineWidth - withoutCost - (tokens === '' && cost === '' ? tokensWidth + 2 : 0);
  if (used + plainWidth <= columns) return `${line}  ${wrapped(notes, Number.POSITIVE_INFINITY, paint)[0]}`;
  const below = wrapped(notes, Math.max(40, columns - notesIndent.length - 2), paint);
  return `${line}\n${notesIndent}${paint.dim('└')} ${below.join(`\n${notesIndent}  `)}`;
}

/** Notes one behind the other, broken between words. */
function wrapped(notes: readonly Note[], width: number, paint: Colors): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const put = (word: string, painted: string) => {
    if (used > 0 && used + 1 + word.length > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += used > 0 ? ` ${painted}` : painted;
    used += used > 0 ? word.length + 1 : word.length;
  };
  for (const [index, [text, colour]] of notes.entries()) {
    if (index > 0) put('·', paint.dim('·'));
    for (const word of text.split(' ')) put(word, colour(word));
  }
  return [...lines, line];
}

function statusOf(record: RequestRecord, paint: Colors): string {
  if (record.outcome === 'client-left') return paint.yellow('left');
  const text = String(record.status).padEnd(4);
  // A stream that breaks after its head has been sent has status 200 and is a failure all the same.
  if (record.outcome === 'failed' && record.status < 400) return paint.red(`${record.status}!`);
  if (record.status < 400) return paint.green(text);
  return record.status < 500 ? paint.yellow(text) : paint.red(text);
}

function modelsOf(record: RequestRecord, width: number, paint: Colors): string {
  if (record.requestedModel === undefined) return fitted(printable(record.path), width);
  const asked = printable(record.requestedModel).replace(/-20\d{6}\b/, '');
  const real = printable(withoutProvider(record.model ?? '?'));
  if (asked === real || asked === record.model) return paint.bold(fitted(real, width));

  const arrow = ' → ';
  const shownReal = shortened(real, Math.max(12, width - arrow.length - 12));
  const shownAsked = shortened(asked, width - arrow.length - shownReal.length);
  const space = ' '.repeat(Math.max(0, width - shownAsked.length - arrow.length - shownReal.length));
  return shownAsked + paint.dim(arrow) + paint.bold(shownReal) + space;
}

function withoutProvider(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}

function fitted(text: string, width: number): string {
  return shortened(text, width).padEnd(width);
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function counted(count: number | undefined, word: string, width: number): string {
  return count === undefined || count === 0
    ? ' '.repeat(width)
    : `${count} ${word}${count === 1 ? ' ' : 's'}`.padStart(width);
}

/** `2.2k + 16.0k → 412`: read anew, read from the cache, written. */
function tokensOf(record: RequestRecord, paint: Colors): string {
  const { inputTokens, cachedTokens = 0, outputTokens } = record;
  if (inputTokens === undefined && outputTokens === undefined) return '';
  const cached = cachedTokens === 0 ? '' : ` + ${shortNumber(cachedTokens).padStart(5)}`;
  const fresh = inputTokens === undefined ? undefined : Math.max(0, inputTokens - cachedTokens);
  const read = shortNumber(fresh).padStart(5) + paint.dim(cached.padEnd(8));
  return outputTokens === undefined ? read : `${read}${paint.dim(' →')}${shortNumber(outputTokens).padStart(6)}`;
}

/** `$0.0123`: two digits that tell something, and cents from a dollar on. */
function costOf({ costUsd }: RequestRecord): string {
  if (costUsd === undefined) return '';
  if (costUsd === 0) return '$0';
  if (costUsd < 0.0001) return '<$0.0001';
  const digits = costUsd < 0.01 ? 4 : costUsd < 1 ? 3 : costUsd < 100 ? 2 : 0;
  return `$${costUsd.toFixed(digits)}`;
}

type Note = readonly [text: string, colour: (text: string) => string];

function notesOf(record: RequestRecord, { fresh, repeated }: LossesToTell, paint: Colors): Note[] {
  const notes: Note[] = [];
  const add = (text: string, colour: (text: string) => string) => notes.push([text, colour]);
  if (record.error !== undefined) {
    const text = `${printable(record.error.type)}: ${printable(record.error.message)}`;
    add(
      text,
      record.outcome === 'client-left'
        ? paint.dim
        : record.status >= 400 && record.status < 500
          ? paint.yellow
          : paint.red,
    );
  }
  if (record.path.includes('count_tokens')) add('count_tokens', paint.dim);
  else if (!record.stream && record.outcome === 'answered' && record.requestedModel !== undefined)
    add('not streamed', paint.dim);
  if (record.turns > 1) add(`${record.turns} turns`, paint.dim);
  if (record.attempts > Math.max(1, record.turns)) add(`${record.attempts} tries`, paint.yellow);
  if (record.stopReason !== undefined && !expectedStops.has(record.stopReason)) {
    add(`stopped: ${printable(record.stopReason)}`, paint.yellow);
  }
  const repaired = repairsOf(record);
  if (repaired !== '') add(`calls repaired: ${repaired}`, paint.yellow);
  if (fresh.length > 0) add(`lost: ${listOf(fresh)}`, paint.yellow);
  if (repeated > 0) add(`${repeated} lost as before`, paint.dim);
  return notes;
}

/** `2 type, 1 name`. */
function repairsOf({ callRepairs: repairs }: RequestRecord): string {
  return callRepairs
    .flatMap((repair) => {
      const count = repairs[repair];
      return count === undefined ? [] : [`${count} ${repair}`];
    })
    .join(', ');
}

const expectedStops = new Set(['end_turn', 'tool_use', 'stop_sequence']);

function listOf(losses: readonly Loss[]): string {
  const told = losses.map(({ field, why }) => `${printable(field, 60)} (${printable(why, 120)})`);
  const more = told.length > 4 ? `, ${told.length - 4} more` : '';
  return told.slice(0, 4).join(', ') + more;
}

function shortNumber(count: number | undefined): string {
  if (count === undefined) return '?';
  if (count < 1000) return String(count);
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  return `${(count / 1_000_000).toFixed(2)}M`;
}

function durationOf(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)}s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
