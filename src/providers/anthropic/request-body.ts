import type { Loss } from '../../messages/types.ts';
import type { ClientBody, Target } from '../provider.ts';
import { applyEdits, type ByteEdit } from './byte-edits.ts';
import { editsOfHistory } from './foreign-history.ts';

export interface RequestBody {
  readonly bytes: Buffer;
  /** Whether these are the bytes that the client sent, packed where they were packed. */
  readonly isAsSent: boolean;
  readonly losses: readonly Loss[];
}

/** The client's own bytes, but for the model's name and for what other vendors' turns have left in the history. */
export function requestBody(body: ClientBody, target: Target): RequestBody {
  const { edits, losses } = editsOfHistory(body.plain);
  const all: readonly ByteEdit[] = [...edits, ...editsOfModel(body, target)];
  if (all.length === 0) return { bytes: body.sent, isAsSent: true, losses };
  return { bytes: applyEdits(body.plain, all), isAsSent: false, losses };
}

function editsOfModel({ model }: ClientBody, target: Target): readonly ByteEdit[] {
  if (model === undefined || target.model === '' || model.name === target.model) return [];
  return [{ place: model.place, text: JSON.stringify(target.model) }];
}
