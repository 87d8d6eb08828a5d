import { ProxyError } from '../../errors/proxy-error.ts';
import type { Translation } from './translation.ts';

/** The locations of Vertex AI in each place that a client may ask for; London and Zurich are not in the EU. */
const locations: Readonly<Record<string, RegExp>> = {
  global: /^/,
  us: /^us(?:-|$)/,
  eu: /^(?:eu|europe-(?!west[26]$).+)$/,
};

/** Throws where the client wants the model to run in a place that this upstream does not promise. */
export function checkInferencePlace({ request, target }: Translation): void {
  const place = request.inference_geo;
  if (place === undefined || place === null || place === 'global') return;
  const promised = Object.hasOwn(locations, place) ? locations[place] : undefined;
  if (target.vertex !== undefined && promised?.test(target.vertex.location)) return;
  const hint =
    target.provider === 'vertex' ? 'set VERTEX_LOCATION to a location there' : 'Gemini with a key has no place';
  throw new ProxyError('invalid-request', `inference_geo: ${hint}, or leave the field out`);
}
