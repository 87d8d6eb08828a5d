import { isRecord } from '../json.ts';
import { dataFields, type Field, fieldsOf, type MessageName } from './fields.ts';
import type { Platform } from './gemini-request.ts';
import { type FieldViolation, invalid, type Refusal, snakeCase } from './refusal.ts';

export interface ReadMessage {
  /** The message with its names in camelCase and without unset fields. */
  readonly body: Record<string, unknown>;
  readonly refusal: Refusal | undefined;
}

/**
 * Reads a body as the API does: names in camelCase or snake_case, null for unset, enum words in any case. What does not
 * fit the message's type is refused all at once, in the words of Google's JSON reader.
 */
export function readMessage(
  name: MessageName,
  body: Record<string, unknown>,
  platform: Platform,
  unknownFields: 'refuse' | 'ignore' = 'refuse',
): ReadMessage {
  const reader = new MessageReader(platform, unknownFields);
  const read = reader.message(name, body, '');
  const { faults } = reader;
  if (faults.length === 0) return { body: read, refusal: undefined };
  return { body: read, refusal: invalid(faults.map(({ description }) => description).join('\n'), faults) };
}

class MessageReader {
  readonly faults: FieldViolation[] = [];
  readonly #platform: Platform;
  readonly #unknownFields: 'refuse' | 'ignore';

  constructor(platform: Platform, unknownFields: 'refuse' | 'ignore') {
    this.#platform = platform;
    this.#unknownFields = unknownFields;
  }

  message(name: MessageName, given: Record<string, unknown>, path: string): Record<string, unknown> {
    const read: Record<string, unknown> = {};
    const fields = fieldsOf[name];
    for (const [key, value] of Object.entries(given)) {
      const camel = key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
      const field = Object.hasOwn(fields, camel) ? fields[camel] : undefined;
      if (field === undefined || (field.only !== undefined && field.only !== this.#platform)) {
        if (this.#unknownFields === 'ignore') continue;
        const where = path === '' ? '' : ` at '${path}'`;
        this.#fault(path, `Invalid JSON payload received. Unknown name "${key}"${where}: Cannot find field.`);
      } else if (value !== null) {
        read[camel] = this.#field(field, value, path === '' ? snakeCase(camel) : `${path}.${snakeCase(camel)}`);
      }
    }
    if (name === 'Part') this.#checkData(read, path);
    return read;
  }

  /** Only the second of two data fields is noticed here; that there is one at all is a rule of contents. */
  #checkData(part: Record<string, unknown>, path: string): void {
    const second = dataFields.filter((name) => part[name] !== undefined)[1];
    if (second === undefined) return;
    const message = `Invalid value at '${path}' (oneof), oneof field 'data' is already set. Cannot set '${second}'`;
    this.#fault(path, message);
  }

  #field(field: Field, value: unknown, path: string): unknown {
    if (field.form === 'list') {
      // The API's JSON reader takes a single item for a list of one.
      if (!Array.isArray(value)) return [this.#one(field, value, `${path}[0]`)];
      return value.map((item: unknown, index) => this.#one(field, item, `${path}[${index}]`));
    }
    if (Array.isArray(value) && field.holds !== 'value') {
      const message = `Invalid JSON payload received. Unknown name "${path.slice(path.lastIndexOf('.') + 1)}" at '${parentOf(path)}': Proto field is not repeating, cannot start list.`;
      return void this.#fault(path, message);
    }
    if (field.form !== 'map') return this.#one(field, value, path);
    if (!isRecord(value)) return void this.#fault(path, `Invalid value at '${path}' (Map), ${JSON.stringify(value)}`);
    return Object.fromEntries(
      Object.entries(value).map(([key, item], index) => [key, this.#one(field, item, `${path}[${index}].value`)]),
    );
  }

  #one(field: Field, value: unknown, path: string): unknown {
    const { holds, words } = field;
    if (holds === 'value') return value;
    if (holds === 'struct') return isRecord(value) ? value : this.#wrong(path, structType, value);
    if (holds === 'string' && words !== undefined) return this.#word(words, value, path);
    if (holds === 'string') return typeof value === 'string' ? value : this.#wrong(path, 'TYPE_STRING', value);
    if (holds === 'bool') return typeof value === 'boolean' ? value : this.#wrong(path, 'TYPE_BOOL', value);
    if (holds === 'number') return this.#number(value, path, 'TYPE_DOUBLE');
    if (holds === 'int') return this.#number(value, path, 'TYPE_INT32');
    if (holds === 'bytes') return this.#bytes(value, path);
    return isRecord(value) ? this.message(holds, value, path) : this.#wrong(path, `${api}.${holds}`, value);
  }

  #word(words: readonly string[], value: unknown, path: string): unknown {
    const word = typeof value === 'string' ? value.toUpperCase() : undefined;
    if (word !== undefined && words.includes(word)) return word;
    return this.#wrong(path, `${api}.Enum`, value);
  }

  /** 64-bit numbers may stand as text, and a count may be written `1.0`. */
  #number(value: unknown, path: string, type: string): unknown {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const fits = typeof number === 'number' && Number.isFinite(number);
    return fits && (type === 'TYPE_DOUBLE' || Number.isInteger(number)) ? number : this.#wrong(path, type, value);
  }

  #bytes(value: unknown, path: string): unknown {
    if (typeof value === 'string' && isBase64(value)) return value;
    const shown = typeof value === 'string' ? value.slice(0, 100) : JSON.stringify(value);
    const message = `Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for "${shown}"`;
    return void this.#fault(path, message);
  }

  #wrong(path: string, type: string, value: unknown): undefined {
    this.#fault(path, `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`);
  }

  #fault(field: string, description: string): void {
    this.faults.push({ field, description });
  }
}

const structType = 'type.googleapis.com/google.protobuf.Struct';
const api = 'type.googleapis.com/google.ai.generativelanguage.v1beta';

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** Both alphabets are read; padding may be left out. */
function isBase64(text: string): boolean {
  const bare = text.replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/_-]*$/.test(bare) && bare.length % 4 !== 1 && (bare === text || text.length % 4 === 0);
}
