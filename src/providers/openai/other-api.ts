import { isOpenAiHost } from '../../config/servers.ts';
import { traitsOf } from '../../models/model-traits.ts';
import type { Repair } from '../provider.ts';
import { dialectOf } from './dialect.ts';
import type { Refusal } from './refusal.ts';

/** The model, or the whole server, is served by the other of OpenAI's two APIs. */
export function otherApi(refusal: Refusal): Repair | undefined {
  const api = refusal.api === 'chat' ? 'responses' : 'chat';
  const isWay = api === 'chat' ? !traitsOf(refusal.target).onlyResponses : dialectOf(refusal.target).responses;
  if (!isWay) return undefined;
  const isRefused = api === 'chat' ? refusesResponses(refusal) : onlyResponses.test(refusal.text);
  return isRefused ? { kind: 'use-api', scope: 'model', api } : undefined;
}

const onlyResponses =
  /\bonly (?:supported|available|served) (?:in|by|with|through|via|on) (?:the )?[`'"]?(?:\/?v1\/)?responses\b|not (?:supported in the|a chat model\b.{0,60}) v1\/chat\/completions|\buse (?:the )?[`'"]?(?:\/?v1\/responses|responses api)\b/i;

/** A server without the path says so in as many ways as there are servers. */
function refusesResponses({ kind, status, said, text, target }: Refusal): boolean {
  if (noResponses.test(text)) return true;
  // OpenAI has the path: a page of somebody on the way there is not worth the reasoning of all later turns.
  if (said.format !== 'json' && isOpenAiHost(target.baseUrl)) return false;
  const isMissing = status === 404 || status === 405 || status === 501;
  return (
    isMissing && kind !== 'model-not-found' && (said.codes.length === 0 || said.format !== 'json' || noPath.test(text))
  );
}

const noResponses =
  /\bresponses api\b[^.]{0,80}(?:not (?:supported|available|enabled|implemented)|only for api-version)|not (?:supported|available|enabled|implemented)[^.]{0,60}\bresponses(?: api\b|[`'"]? endpoint)|api version not supported/i;
const noPath = /not found|unknown|invalid url|unsupported|no (?:such )?(?:route|endpoint)|not implemented|method/i;
