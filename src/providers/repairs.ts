import type { Repair, TranslationContext } from './provider.ts';

/** A repair that is already in the refused request would only be refused again. */
export function unlessApplied(repair: Repair, context: TranslationContext): Repair | undefined {
  return context.repairs.some((applied) => covers(applied, repair)) ? undefined : repair;
}

function covers(applied: Repair, wanted: Repair): boolean {
  switch (wanted.kind) {
    case 'omit-parameter':
      return applied.kind === 'omit-parameter' && applied.parameter === wanted.parameter;
    case 'rename-parameter':
      // There and back again would never end.
      return (
        applied.kind === 'rename-parameter' &&
        (applied.parameter === wanted.parameter || applied.parameter === wanted.to)
      );
    case 'limit-output-tokens':
    case 'limit-context':
      return applied.kind === wanted.kind && applied.maximum <= wanted.maximum;
    case 'raise-output-tokens':
      return applied.kind === wanted.kind && applied.minimum >= wanted.minimum;
    case 'leave-out-reasoning':
      return applied.kind === wanted.kind && wanted.items.every((item) => applied.items.includes(item));
    case 'effort-words':
      return applied.kind === 'effort-words' && applied.words.join() === wanted.words.join();
    case 'shorten-tool-descriptions':
      return applied.kind === 'shorten-tool-descriptions' && applied.maximumLength <= wanted.maximumLength;
    case 'loosen-tool-schema':
      return applied.kind === 'loosen-tool-schema' && applied.tool === wanted.tool;
    case 'return-reasoning':
      return applied.kind === 'return-reasoning' && applied.parameter === wanted.parameter;
    case 'use-api':
      // There and back again would never end.
      return applied.kind === 'use-api';
    case 'drop-reasoning':
    case 'alternate-roles':
    case 'plain-answer':
    case 'own-schema-form':
    case 'skip-signatures':
    case 'validate-calls':
    case 'unforced-calls':
    case 'omit-call-ids':
    case 'addresses-as-text':
      return applied.kind === wanted.kind;
  }
}
