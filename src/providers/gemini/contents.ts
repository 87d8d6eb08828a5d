import { reminderText, summaryText } from '../../translation/block-text.ts';
import { buildModelTurn } from './model-turn.ts';
import type { Translation } from './translation.ts';
import { buildUserTurn } from './user-turn.ts';
import type { Content, Part } from './wire.ts';

/** Gemini wants a user's word first and last. */
const opening = '[the conversation begins with the assistant]';
const nothingSaid = '[no text]';
const goOn = 'Continue your last message: go on directly after its last character, and repeat nothing of it.';

/**
 * The conversation as Gemini wants it: turns of user and model that alternate, the user first. What stands for a turn
 * never depends on what comes after the turn, so that the next request begins with the very parts of this one and Gemini
 * finds them in its cache. `head` stands before everything, `lastLines` behind everything.
 */
export function buildContents(
  head: readonly string[],
  lastLines: readonly string[],
  translation: Translation,
): readonly Content[] {
  const { request, model, losses } = translation;
  const writer = new ContentWriter();
  writer.add('user', head.map(textPart));
  let calls: Parameters<typeof buildUserTurn>[2] = [];
  let index = 0;
  while (index < request.messages.length) {
    const isAssistant = request.messages[index]?.role === 'assistant';
    let last = index;
    while (last + 1 < request.messages.length && (request.messages[last + 1]?.role === 'assistant') === isAssistant)
      last++;
    if (isAssistant) {
      const turn = buildModelTurn(index, last, translation);
      writer.add(
        'user',
        turn.summaries.map((summary) => textPart(summaryText(summary))),
      );
      writer.add('model', turn.parts);
      calls = turn.calls;
    } else {
      writer.add('user', buildUserTurn(index, last, calls, translation));
      calls = [];
    }
    index = last + 1;
  }
  // Calls at the very end have no results yet, and Gemini refuses them without.
  writer.add('user', buildUserTurn(index, index - 1, calls, translation));
  if (writer.lastRole === 'model' && !(model.prefill && lastLines.length === 0)) {
    losses.add(
      `messages.${request.messages.length - 1}`,
      'Gemini does not continue a message of the model; it is asked to',
    );
    writer.add('user', [textPart(goOn)]);
  }
  writer.add(
    'user',
    lastLines.map((line) => textPart(reminderText(line))),
  );
  if (writer.lastRole === undefined) writer.add('user', [textPart(nothingSaid)]);
  return writer.contents;
}

function textPart(text: string): Part {
  return { text };
}

/** Takes turns in order and keeps to Gemini's rules about neighbours. */
class ContentWriter {
  readonly contents: { readonly role: Content['role']; readonly parts: Part[] }[] = [];

  get lastRole(): Content['role'] | undefined {
    return this.contents.at(-1)?.role;
  }

  /** Turns of one role become one content: Gemini pairs calls and results by neighbouring contents. */
  add(role: Content['role'], parts: readonly Part[]): void {
    if (parts.length === 0) return;
    const last = this.contents.at(-1);
    if (last?.role === role) {
      last.parts.push(...parts);
      return;
    }
    if (last === undefined && role === 'model') this.contents.push({ role: 'user', parts: [textPart(opening)] });
    this.contents.push({ role, parts: [...parts] });
  }
}
