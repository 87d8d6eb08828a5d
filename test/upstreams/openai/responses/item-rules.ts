import { isRecord } from '../../json.ts';
import { fileDataRefusal, imageUrlRefusal } from '../image-rules.ts';
import { badRequest, type Refusal, tooLong } from '../refusal.ts';
import { nameRefusal } from '../tool-rules.ts';
import { type InputItem, itemsOf } from './responses-request.ts';
import type { Rule } from './rules.ts';

const maxCallIdLength = 64;
const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  web_search_call: 'ws',
};

const ids: Rule = ({ body }) => {
  const seen = new Set<string>();
  for (const [index, { id, type = '' }] of itemsOf(body).entries()) {
    if (typeof id !== 'string') continue;
    const prefix = idPrefixes[type];
    if (prefix !== undefined && !id.startsWith(prefix)) {
      const message = `Invalid 'input[${index}].id': '${id}'. Expected an ID that begins with '${prefix}'.`;
      return badRequest(`input[${index}].id`, 'invalid_value', message);
    }
    if (seen.has(id)) {
      const message = `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`;
      return badRequest('input', null, message);
    }
    seen.add(id);
  }
  return undefined;
};

const calls: Rule = ({ body }) => {
  for (const [index, item] of itemsOf(body).entries()) {
    if (item.type !== 'function_call' && item.type !== 'function_call_output') continue;
    const param = `input[${index}]`;
    const callId = String(item.call_id);
    if (callId.length > maxCallIdLength) return tooLong(`${param}.call_id`, maxCallIdLength, callId.length);
    if (callId === '') {
      const message = `Invalid '${param}.call_id': empty string. Expected a string with minimum length 1, but got an empty string instead.`;
      return badRequest(`${param}.call_id`, 'empty_string', message);
    }
    const refusal = item.type === 'function_call' ? nameRefusal(String(item.name), `${param}.name`) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** Every call has exactly one output behind it, and no output is without its call. The order is free. */
const pairs: Rule = ({ body }) => {
  const open = new Set<string>();
  const answered = new Set<string>();
  for (const item of itemsOf(body)) {
    const callId = String(item.call_id);
    if (item.type === 'function_call') {
      if (open.has(callId) || answered.has(callId)) {
        return badRequest('input', null, `Duplicate function call found with call_id ${callId}.`);
      }
      open.add(callId);
    } else if (item.type === 'function_call_output') {
      if (!open.delete(callId)) {
        const message = `No tool call found for function call output with call_id ${callId}.`;
        return badRequest('input', null, message);
      }
      answered.add(callId);
    }
  }
  const [unanswered] = open;
  if (unanswered === undefined) return;
  return badRequest('input', null, `No tool output found for function call ${unanswered}.`);
};

const media: Rule = ({ body, family, rules }) => {
  for (const [index, item] of itemsOf(body).entries()) {
    const field = item.type === 'function_call_output' ? 'output' : 'content';
    for (const [at, part] of partsOf(item).entries()) {
      const refusal = partRefusal(part, `input[${index}].${field}[${at}]`, family.images && rules.images);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function partsOf({ type, content, output }: InputItem): readonly unknown[] {
  const parts = type === 'function_call_output' ? output : content;
  return Array.isArray(parts) ? parts : [];
}

function partRefusal(part: unknown, param: string, images: boolean): Refusal | undefined {
  if (!isRecord(part)) return;
  if (part.type === 'input_image') {
    if (!images) return badRequest(`${param}.type`, null, 'Image inputs are not supported with this model.');
    if (typeof part.image_url === 'string') return imageUrlRefusal(part.image_url, `${param}.image_url`);
    return missing(`${param}.image_url`);
  }
  if (part.type !== 'input_file' || typeof part.file_url === 'string' || typeof part.file_id === 'string') return;
  if (!images) return badRequest(`${param}.type`, null, 'File inputs are not supported with this model.');
  if (typeof part.filename !== 'string' || part.filename === '') return missing(`${param}.filename`);
  if (typeof part.file_data !== 'string') return missing(`${param}.file_data`);
  return fileDataRefusal(part.file_data, `${param}.file_data`);
}

function missing(param: string): Refusal {
  return badRequest(param, 'missing_required_parameter', `Missing required parameter: '${param}'.`);
}

/** Ids, calls and their outputs, images and files. */
export const itemRules: readonly Rule[] = [ids, calls, pairs, media];
