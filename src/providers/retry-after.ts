const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  millisecond: 0.001,
  milliseconds: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3_600,
  hour: 3_600,
  hours: 3_600,
};
const duration = String.raw`\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|sec|s|minutes?|min|m|hours?|h)\b|\d+(?:\.\d+)?(?:ms|h|m|s)(?=\d)`;
const waitInText = new RegExp(
  String.raw`\b(?:try again|retry|wait)\b\s*(?:in|after|for)?\s*((?:(?:${duration})\s*)+)`,
  'i',
);

/**
 * How long an upstream asks to wait, in whole seconds, rounded up. What stands in words counts before the
 * `x-ratelimit-reset-*` headers: those tell when the whole budget is back, which is later than the next request needs.
 */
export function readRetryAfter(headers: Headers, message: string | undefined): number | undefined {
  const seconds =
    millisecondsHeader(headers) ?? retryAfterHeader(headers) ?? waitFromText(message) ?? rateLimitReset(headers);
  return seconds === undefined ? undefined : Math.ceil(roundOff(seconds));
}

function millisecondsHeader(headers: Headers): number | undefined {
  const value = numberOf(headers.get('retry-after-ms'));
  return value === undefined ? undefined : value / 1_000;
}

function retryAfterHeader(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  return numberOf(value) ?? secondsUntil(Date.parse(value ?? ''), headers);
}

function waitFromText(message: string | undefined): number | undefined {
  const found = waitInText.exec(message ?? '')?.[1];
  return found === undefined ? undefined : parseDuration(found);
}

function rateLimitReset(headers: Headers): number | undefined {
  const waits: number[] = [];
  for (const [name, value] of headers) {
    const budget = /^x-ratelimit-reset(.*)$/.exec(name);
    if (budget === null) continue;
    // A budget that is not used up is not what we wait for.
    const left = numberOf(headers.get(`x-ratelimit-remaining${budget[1]}`));
    const wait = left !== undefined && left > 0 ? undefined : (parseDuration(value) ?? fromResetNumber(value, headers));
    if (wait !== undefined) waits.push(wait);
  }
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A bare number is a count of seconds, or the moment itself in seconds or milliseconds since 1970. */
function fromResetNumber(value: string, headers: Headers): number | undefined {
  const number = numberOf(value);
  if (number === undefined || number < 1e9) return number;
  return secondsUntil(number < 1e12 ? number * 1_000 : number, headers);
}

/** The upstream's own clock is its `date` header; ours may differ, and this code has none. */
function secondsUntil(momentMs: number, headers: Headers): number | undefined {
  const seconds = (momentMs - Date.parse(headers.get('date') ?? '')) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** `1.2s`, `6m0s`, `20 ms`, `1 minute 5 seconds`. */
function parseDuration(text: string): number | undefined {
  let seconds: number | undefined;
  for (const [, amount, unit] of text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const factor = unitSeconds[unit ?? ''];
    if (factor === undefined) return undefined;
    seconds = (seconds ?? 0) + Number(amount) * factor;
  }
  return seconds;
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** 1.2 s told as 1200 × 0.001 is 1.2000000000000002. */
function roundOff(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
