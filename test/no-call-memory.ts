import type { CallMemory } from '../src/providers/provider.ts';

/** Every process starts like this, and every replica: what is in the conversation must suffice. */
export const noCallMemory: CallMemory = { recall: () => undefined, remember: () => undefined };
