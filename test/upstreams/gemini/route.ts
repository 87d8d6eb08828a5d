import type { Received } from '../loopback-server.ts';
import type { Method, Platform } from './gemini-request.ts';
import { familyOf, type ModelFamily, modelFamilies } from './models.ts';
import type { Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

/** Where a call to a model goes. */
export interface ModelRoute {
  readonly method: Method;
  readonly model: string;
  readonly family: ModelFamily;
}
type Found = ModelRoute | { readonly method: 'listModels' } | { readonly refusal: Refusal };

const multiRegions = ['global', 'us', 'eu'];
const aiStudioPath = /^\/v1(?:beta)?\/models\/([^/:]+):(\w+)$/;
/** With a project's path, or in express mode without. */
const vertexPath =
  /^\/v1(?:beta1)?\/(?:projects\/([^/]+)\/locations\/([^/]+)\/)?publishers\/google\/models\/([^/:]+):(\w+)$/;

/** Reads method and model from the path. */
export function routeOf({ method, path }: Received, platform: Platform, rules: Rules): Found {
  const list = platform === 'vertex' ? /^\/v1(beta1)?\/publishers\/google\/models$/ : /^\/v1(beta)?\/models$/;
  if (method === 'GET' && list.test(path)) return { method: 'listModels' };
  const [, project, location, model = '', word = ''] =
    platform === 'vertex' ? (vertexPath.exec(path) ?? []) : spread(aiStudioPath.exec(path));
  if (method !== 'POST' || !isMethod(word)) return { refusal: noSuchPath };
  const family = familyOf(model) ?? (rules.models === 'any' ? modelFamilies.at(-1) : undefined);
  const isAbsent = location !== undefined && !multiRegions.includes(location) && rules.regions === 'checked';
  if (family !== undefined && (family.regions || !isAbsent)) return { method: word, model, family };
  const message =
    platform === 'vertex'
      ? `Publisher Model \`projects/${project}/locations/${location}/publishers/google/models/${model}\` was not found or your project does not have access to it. Please ensure you are using a valid model version. For more information, see: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions`
      : `models/${model} is not found for API version v1beta, or is not supported for ${word}. Call ModelService.ListModels to see the list of available models and their supported methods.`;
  return { refusal: { status: 404, code: 'NOT_FOUND', message } };
}

/** AI Studio's path has neither project nor location. */
function spread(match: RegExpExecArray | null): readonly (string | undefined)[] {
  return [undefined, undefined, undefined, match?.[1], match?.[2]];
}

const noSuchPath: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'The requested URL was not found on this server.',
};

function isMethod(word: string): word is Method {
  return word === 'generateContent' || word === 'streamGenerateContent' || word === 'countTokens';
}
