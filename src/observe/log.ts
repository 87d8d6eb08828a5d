import picocolors from 'picocolors';
import type { Config } from '../config/config.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { printable, printableJson } from './printable.ts';
import { requestLine } from './request-line.ts';
import type { RequestRecord } from './request-record.ts';
import { ToldLosses } from './told-losses.ts';

export interface Log {
  /** One line for a finished request. */
  request(record: RequestRecord): void;
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** Where the lines go: what a test fixes and a terminal has. */
export interface LogSurroundings {
  readonly now?: () => Date;
  /** Read anew for each line: a window can be resized. */
  readonly columns?: () => number | undefined;
  readonly colour?: boolean;
}

type Level = Config['log']['level'];
const ranks: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** `write` gets whole lines, each with its line end. */
export function createLog(
  settings: Config['log'],
  write: (text: string) => void,
  surroundings: LogSurroundings = {},
): Log {
  const now = surroundings.now ?? (() => new Date());
  const columns = surroundings.columns ?? (() => undefined);
  const isShown = (level: Level) => ranks[level] >= ranks[settings.level];
  const paint = picocolors.createColors(surroundings.colour ?? false);

  const jsonLine = (level: Level, message: string, fields: object) => {
    const json = JSON.stringify({ time: now().toISOString(), level, message, ...fields }, readableError);
    write(`${printableJson(json)}\n`);
  };
  const marks: Readonly<Record<Level, string>> = {
    debug: paint.dim('····'),
    info: paint.cyan('info'),
    warn: paint.yellow('warn'),
    error: paint.red('fail'),
  };
  const prettyLine = (level: Level, message: string, fields: object) => {
    const said = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(value)}`);
    const details = said.length === 0 ? '' : `  ${paint.dim(said.join(' '))}`;
    write(`${paint.dim(clockTime(now()))}  ${marks[level]}  ${printable(message, 2000)}${details}\n`);
  };
  const told = new ToldLosses();
  const line = settings.format === 'json' ? jsonLine : prettyLine;
  const say = (level: Level) => (message: string, fields?: object) => {
    if (isShown(level)) line(level, message, fields ?? {});
  };

  return {
    request(record) {
      const level = levelOf(record);
      if (!isShown(level)) return;
      if (settings.format === 'json') jsonLine(level, 'request', { ...record, ...rounded(record) });
      else write(`${requestLine(record, told.of(record), clockTime(now()), columns() ?? 120, paint)}\n`);
    },
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  };
}

/** Health checks and token counts come in bursts and tell nothing while all is well. */
function levelOf(record: RequestRecord): Level {
  if (record.outcome === 'failed') return record.status >= 400 && record.status < 500 ? 'warn' : 'error';
  return record.path.startsWith('/v1/messages') && !record.path.includes('count_tokens') ? 'info' : 'debug';
}

function rounded({ durationMs, firstEventMs, costUsd }: RequestRecord): Partial<RequestRecord> {
  const toTenths = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
  return {
    durationMs: toTenths(durationMs),
    firstEventMs: firstEventMs === undefined ? undefined : toTenths(firstEventMs),
    // Sums of fractions have tails: a millionth of a dollar is one token of the dearest model's.
    costUsd: costUsd === undefined ? undefined : Math.round(costUsd * 1e8) / 1e8,
  };
}

function clockTime(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * For JSON.stringify. Only our own errors have messages made to be read: any other may quote a prompt (a JSON error
 * does), so of those the kind and the place are told.
 */
function readableError(_name: string, value: unknown): unknown {
  if (typeof value === 'string' && value.length > 2000) return `${value.slice(0, 1999)}…`;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof ProxyError) return { kind: value.kind, message: value.message };
  if (value instanceof Error)
    return { name: value.name, ...('code' in value ? { code: value.code } : {}), at: framesOf(value) };
  return value;
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? printable(value) : printableJson(JSON.stringify(value, readableError) ?? '–');
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith('at ')).slice(0, 8);
}
