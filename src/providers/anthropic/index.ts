import type { VerbatimProvider } from '../provider.ts';
import { openReader } from './answer-reader.ts';
import { callUrl } from './call-url.ts';
import { requestBody } from './request-body.ts';
import { requestHeaders } from './request-headers.ts';

/** Anthropic's Messages API itself: what the client says goes there byte for byte, and so does the answer back. */
export const anthropic: VerbatimProvider = {
  form: 'verbatim',
  buildCall(call, target) {
    const url = callUrl(call, target);
    const headers = requestHeaders(call, target);
    if (call.body === undefined) return { url, headers, body: undefined, losses: [] };
    const { bytes, isAsSent, losses } = requestBody(call.body, target);
    if (!isAsSent) headers.delete('content-encoding');
    return { url, headers, body: bytes, losses };
  },
  openReader,
};
