import { allParts } from './content-rules.ts';
import type { InlineData } from './gemini-request.ts';
import { invalid, refused } from './refusal.ts';
import type { Rule } from './rules.ts';

const images = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'];
const anywhere = new Set([...images, 'application/pdf', 'text/plain', 'text/html', 'text/csv', 'text/markdown']);
/** Source: Google's page on function calling, multimodal responses. */
const inResponses = new Set(['image/png', 'image/jpeg', 'image/webp', 'application/pdf', 'text/plain']);

/** How the bytes of a type begin; types that are not here are not looked into. */
const beginnings: Readonly<Record<string, RegExp>> = {
  'image/png': /^\x89PNG/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/webp': /^RIFF....WEBP/s,
  'application/pdf': /^%PDF-/,
};

const mimeTypes: Rule = ({ request: { contents }, platform }) => {
  for (const { part, path } of allParts(contents)) {
    const data = part.inlineData;
    if (data !== undefined && !isMedia(data, anywhere)) {
      if ((data.mimeType ?? '') === '') {
        return invalid(`* GenerateContentRequest.${path}.inline_data.mime_type: mime_type is not specified\n`);
      }
      return refused(
        platform,
        `Unsupported MIME type: ${data.mimeType}`,
        `it has a mimeType parameter with value ${data.mimeType}, which is not supported. Update the mimeType and try again.`,
      );
    }
    const strange = part.functionResponse?.parts?.find(({ inlineData }) => !isMedia(inlineData ?? {}, inResponses));
    if (strange === undefined) continue;
    const type = strange.inlineData?.mimeType ?? '';
    return refused(
      platform,
      `Unsupported MIME type in function response: ${type}`,
      `a function response has a mimeType parameter with value ${type}, which is not supported.`,
    );
  }
  return undefined;
};

function isMedia({ mimeType = '' }: InlineData, types: ReadonlySet<string>): boolean {
  return types.has(mimeType) || (types === anywhere && /^(audio|video|text)\/./.test(mimeType));
}

const content: Rule = ({ request: { contents }, platform }) => {
  for (const { part } of allParts(contents)) {
    const media = [part.inlineData, ...(part.functionResponse?.parts?.map((one) => one.inlineData) ?? [])];
    for (const data of media) {
      const beginning = beginnings[data?.mimeType ?? ''];
      if (data === undefined || beginning === undefined) continue;
      const bytes = Buffer.from(data.data?.slice(0, 64) ?? '', 'base64').toString('latin1');
      if (beginning.test(bytes)) continue;
      if (data.mimeType === 'application/pdf') {
        return refused(platform, 'The document has no pages.', 'the document has no pages.');
      }
      return refused(
        platform,
        'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
        'the provided image is not valid.',
      );
    }
  }
  return undefined;
};

const responseParts: Rule = ({ request: { contents }, family }) => {
  if (family.responseParts) return;
  for (const { part } of allParts(contents)) {
    if ((part.functionResponse?.parts?.length ?? 0) > 0) {
      return invalid('Multimodal function responses are not supported for this model.');
    }
  }
  return undefined;
};

export const mediaRules: readonly Rule[] = [mimeTypes, content, responseParts];
