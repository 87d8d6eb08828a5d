import { isRecord } from '../json.ts';
import type { ContentPart } from './chat-request.ts';
import { badRequest, type Refusal } from './refusal.ts';
import type { Rule } from './rules.ts';

/** Media type → the bytes such an image begins with. */
const signatures: Readonly<Record<string, RegExp>> = {
  'image/png': /^\x89PNG/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/gif': /^GIF8/,
  'image/webp': /^RIFF[\s\S]{4}WEBP/,
};
const maxUrlLength = 20 * 1024 * 1024;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

const images: Rule = ({ body, family, rules }) => {
  for (const [index, message] of body.messages.entries()) {
    const parts = typeof message.content === 'object' ? (message.content ?? []) : [];
    for (const [at, part] of parts.entries()) {
      const param = `messages.[${index}].content.[${at}]`;
      if (part.type === 'image_url') {
        if (message.role !== 'user') {
          const text = `Invalid 'messages[${index}]'. Image URLs are only allowed for messages with role 'user', but this message with role '${message.role}' contains an image URL.`;
          return badRequest(`messages.[${index}]`, 'invalid_value', text);
        }
        if (!family.images || !rules.images) {
          const text = 'Invalid content type. image_url is only supported by certain models.';
          return badRequest(`${param}.type`, null, text);
        }
      }
      const refusal = part.type === 'image_url' ? imageRefusal(part, param) : fileRefusal(part, param);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function imageRefusal(part: ContentPart, param: string): Refusal | undefined {
  const url = isRecord(part.image_url) ? part.image_url.url : undefined;
  return typeof url === 'string' ? imageUrlRefusal(url, `${param}.image_url.url`) : undefined;
}

/** Whether an image is what it says, and small enough. */
export function imageUrlRefusal(url: string, where: string): Refusal | undefined {
  if (/^https?:\/\//.test(url)) return;
  const match = /^data:([^;,]+);base64,/.exec(url);
  if (match === null)
    return badRequest(where, 'invalid_image_url', 'Invalid image URL: expected a URL or a base64 data URL.');
  if (url.length > maxUrlLength) return badRequest(where, 'image_too_large', 'The image is larger than 20 MB.');
  const signature = signatures[match[1] ?? ''];
  if (signature === undefined) return unsupported(where, 'unsupported_image_media_type');
  const data = url.slice(match[0].length);
  if (data === '' || data.length % 4 !== 0 || !base64.test(data)) {
    return badRequest(where, 'invalid_base64_image', 'Invalid base64 image_url.');
  }
  return signature.test(atob(data.slice(0, 64))) ? undefined : unsupported(where, 'invalid_image_format');
}

function unsupported(param: string, code: string): Refusal {
  const text =
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].";
  return badRequest(param, code, text);
}

function fileRefusal(part: ContentPart, param: string): Refusal | undefined {
  if (part.type !== 'file' || !isRecord(part.file) || part.file.file_id !== undefined) return;
  const { filename, file_data: data } = part.file;
  for (const [field, value] of Object.entries({ filename, file_data: data })) {
    if (typeof value === 'string' && value !== '') continue;
    const where = `${param}.file.${field}`;
    return badRequest(where, 'missing_required_parameter', `Missing required parameter: '${where}'.`);
  }
  return fileDataRefusal(String(data), `${param}.file.file_data`);
}

/** Whether a file's data is a PDF. */
export function fileDataRefusal(data: string, where: string): Refusal | undefined {
  const match = /^data:application\/pdf;base64,/.exec(data);
  if (match === null) {
    const text = `Invalid file data: '${where}'. Expected a base64-encoded data URL with an application/pdf MIME type.`;
    return badRequest(where, 'invalid_value', text);
  }
  const encoded = data.slice(match[0].length);
  if (encoded.length % 4 === 0 && base64.test(encoded) && atob(encoded.slice(0, 8)).startsWith('%PDF')) return;
  return badRequest(where, 'invalid_value', `Invalid file data: '${where}' holds no PDF.`);
}

/** Pictures and files: who may send them, and whether they are what they say. */
export const imageRules: readonly Rule[] = [images];
