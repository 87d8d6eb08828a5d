// What a variable may hold: its text, checked and turned into a value. Each says what is wrong in words that read on after
// the variable's name.
import { z } from 'zod';
import { serverProfiles } from './config.ts';
import { Secret } from './secret.ts';

type Reading<T> = { readonly value: T } | { readonly problem: string };

/** A text that `read` turns into a value or a problem; the problem reads on after the variable's name. */
function parsed<T>(read: (text: string) => Reading<T>) {
  return z.string().transform((text, context): T => {
    const reading = read(text);
    if ('value' in reading) return reading.value;
    context.addIssue({ code: 'custom', message: reading.problem });
    return z.NEVER;
  });
}

export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  advice = `write ${listed(words)}`,
) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(words, { error: (issue) => `is ${shown(issue.input)}: ${advice}` }));
}

export const flag = z.stringbool({
  truthy: ['true', '1', 'yes', 'on'],
  falsy: ['false', '0', 'no', 'off'],
  error: (issue) => `is ${shown(issue.input)}: write true or false`,
});

export const port = parsed((text) => {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value <= 65_535
    ? { value }
    : { problem: `is ${shown(text)}: write a whole number from 0 to 65535 (0: any free port)` };
});

export const host = parsed((text) => {
  const value = text.replace(/^\[(.*)\]$/, '$1');
  return /^[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?$/.test(value)
    ? { value }
    : { problem: `is ${shown(text)}: write an address of this machine without scheme and port, such as 127.0.0.1` };
});

export const secret = parsed((text) =>
  // Anything else cannot be sent in a header, and means that more than the key was pasted.
  /^[\x21-\x7e]+$/.test(text)
    ? { value: new Secret(text) }
    : { problem: 'holds a space, a line break or a character no key has: paste the key alone' },
);

export const modelName = parsed((text) => {
  if (/[\s,\p{Cc}]/u.test(text))
    return { problem: `is ${shown(text)}: write one model name, without spaces and commas` };
  if (text.endsWith('/')) return { problem: `is ${shown(text)}: the model is missing after the slash` };
  return { value: text };
});

/** Some write servers with a hyphen or a dot, as their makers do. */
export const serverProfile = z
  .string()
  .transform((text) => text.toLowerCase().replaceAll(/[-.]/g, ''))
  .pipe(
    z.enum(serverProfiles, { error: (issue) => `is ${shown(issue.input)}: write one of ${serverProfiles.join(', ')}` }),
  );

/** `name=model` pairs. */
export const modelsByName = parsed((text) => {
  const models = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [, name, model] = /^\s*([^\s=]+)\s*=\s*([^\s=]+)\s*$/.exec(pair) ?? [];
    if (name === undefined || model === undefined) {
      return {
        problem: `holds ${shown(pair.trim())}: write pairs such as my-deployment=gpt-5.2, with commas between them`,
      };
    }
    models.set(name, model);
  }
  return { value: models };
});

export const jsonObject = parsed((text) => {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { value };
  } catch {
    // Said below, without the text.
  }
  return { problem: 'is no JSON object: write one on one line, in single quotes in .env' };
});

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that goes out as the value of a header. */
export const headerText = parsed((text) =>
  /^[\x20-\x7e]{1,200}$/.test(text)
    ? { value: text }
    : { problem: 'holds a character no header takes, or more than 200: write it in plain letters' },
);

/** An id of Microsoft Entra, or a domain. */
export const entraName = parsed((text) =>
  /^[\w.-]{1,200}$/.test(text)
    ? { value: text }
    : { problem: `is ${shown(text)}: write the id as the Azure portal shows it` },
);

const googleName = (pattern: RegExp) =>
  parsed((text) =>
    pattern.test(text)
      ? { value: text }
      : { problem: `is ${shown(text)}: write it as Google Cloud shows it, in small letters, digits and hyphens` },
  );
/** An organisation's domain may stand before its id: `example.com:my-project`. */
export const projectName = googleName(/^[a-z0-9](?:[a-z0-9:.-]*[a-z0-9])?$/);
/** It becomes part of a host name. */
export const locationName = googleName(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);

/** Set for other programs too: whatever stands in it must not keep the proxy from starting. */
export const foreign = z.string();

function readBaseUrl(text: string, query: RegExp): Reading<string> {
  if (!URL.canParse(text)) return { problem: `is ${shown(text)}: write a whole URL with http:// or https://` };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { problem: `is ${shown(text)}: write a URL that begins with http:// or https://` };
  }
  if (url.username !== '' || url.password !== '') {
    return { problem: 'holds a user name or password: take it out, keys have variables of their own' };
  }
  if (!query.test(url.search) || url.hash !== '') {
    return { problem: 'holds a ? or # part: write the URL without it' };
  }
  const path = url.pathname.replace(/\/+$/, '');
  const endpoint = /\/(chat\/completions|responses|messages)$/.exec(path);
  if (endpoint !== null) return { problem: `ends in ${endpoint[0]}: leave that out, the proxy adds it` };
  return { value: url.origin + path + url.search };
}

export const baseUrl = parsed((text) => readBaseUrl(text, /^$/));
/** Azure's older addresses name a deployment in their path and a version behind it. */
export const openaiBaseUrl = parsed((text) => readBaseUrl(text, /^(?:\?api-version=[\w.-]+)?$/));

/** People copy the address of the page that they search on. */
export const searxngUrl = parsed((text) => readBaseUrl(text.replace(/\/search\/?$/, ''), /^$/));

/** A value as a problem may show it: short, on one line, and not at all where it could be a credential. */
function shown(value: unknown): string {
  const text = String(value);
  if (/@|^(?:sk-|AIza|Bearer )/.test(text)) return 'something else';
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
