import { ProxyError } from '../../errors/proxy-error.ts';
import type { Target } from '../provider.ts';

export type Method = 'streamGenerateContent?alt=sse' | 'countTokens';

/**
 * The address of a method of the target's model. A model may be named by itself, with its publisher (`publisher/name`) or
 * by its path (`models/…`, `publishers/…`, `endpoints/…`, `projects/…`), as the SDK takes it. Throws ProxyError
 * `invalid-request` where it leads elsewhere.
 */
export function methodUrl(target: Target, method: Method): string {
  const base = target.baseUrl.replace(/\/+$/, '');
  const version = target.provider === 'vertex' ? 'v1beta1' : 'v1beta';
  return `${base}/${version}/${modelPath(target)}:${method}`;
}

/** The resource name of the target's model on AI Studio, as `countTokens` wants it in its body. */
export function modelPath(target: Target): string {
  const { model } = target;
  // The name comes from the client: it must not lead to another method or another path.
  if (model === '' || misleading.test(model) || !model.isWellFormed()) {
    throw new ProxyError(
      'invalid-request',
      'model: not a name that Gemini could have; write one, such as gemini-2.5-pro',
    );
  }
  const path = target.provider === 'vertex' ? vertexPath(target) : aiStudioPath(model);
  return path.split('/').map(encodeURIComponent).join('/');
}

const misleading = /\.\.|[?&#%\\\s]|^\/|\/\/|\/$|(?:^|\/)\.\//;

function aiStudioPath(model: string): string {
  return /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`;
}

function vertexPath({ model, vertex }: Target): string {
  if (vertex === undefined) {
    throw new ProxyError('upstream-misconfigured', 'Vertex AI: no project is known; set VERTEX_PROJECT');
  }
  const place = `projects/${vertex.project}/locations/${vertex.location}`;
  if (model.startsWith('projects/')) {
    if (model.startsWith(`${place}/`)) return model;
    // Whose project pays, and where the prompt goes, is not for the client to say.
    throw new ProxyError(
      'invalid-request',
      'model: names another project or location than VERTEX_PROJECT and VERTEX_LOCATION do; leave both out of it, as in endpoints/123',
    );
  }
  if (/^(?:publishers|models|endpoints)\//.test(model)) return `${place}/${model}`;
  const [publisher, ...rest] = model.split('/');
  if (rest.length === 0) return `${place}/publishers/google/models/${model}`;
  return `${place}/publishers/${publisher}/models/${rest.join('/')}`;
}
