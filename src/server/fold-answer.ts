import { MessageFold } from '../messages/fold-events.ts';
import type { Answer } from '../upstream/run-attempts.ts';
import { proxyHeaders } from './answer-headers.ts';
import type { Exchange } from './exchange.ts';

/** The same events as a stream's, folded into the one message that a client asked for which does not stream. */
export async function foldAnswer(answer: Answer, exchange: Exchange): Promise<Response> {
  const fold = new MessageFold();
  for (let said = await answer.next(); said !== undefined; said = await answer.next()) {
    for (const event of said) {
      exchange.noteEvent(event);
      fold.add(event);
    }
  }
  return Response.json(fold.message(), { headers: proxyHeaders(exchange) });
}
