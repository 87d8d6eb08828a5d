import { giveBack } from './give-back.ts';

/** Below this a body costs less memory than the stream that would let go of it. */
const worthReleasing = 16 * 1024;

/**
 * A request body that is let go once it has been sent. Bun's fetch keeps a string for as long as the answer lasts, and
 * the answer to a long conversation lasts for minutes.
 */
export function upload(text: string): { readonly body: string | ReadableStream; readonly headers: UploadHeaders } {
  if (text.length < worthReleasing) return { body: text, headers: plainHeaders };
  // With its length told, it goes out as one plain body; chunked uploads are not understood everywhere.
  return { body: released(text), headers: { ...plainHeaders, 'content-length': String(Buffer.byteLength(text)) } };
}

/**
 * The same for bytes, whose memory is given back as soon as they are sent: nobody may use them any more. `length` is
 * for the header.
 */
export function uploadBytes(bytes: Buffer): { readonly body: Buffer | ReadableStream; readonly length: string } {
  return { body: bytes.length < worthReleasing ? bytes : released(bytes), length: String(bytes.length) };
}

function released(body: string | Buffer): ReadableStream {
  let unsent: string | Buffer | undefined = body;
  return new ReadableStream({
    type: 'direct',
    pull(controller) {
      if (unsent !== undefined) controller.write(unsent);
      controller.close();
      if (typeof unsent === 'object') giveBack(unsent);
      unsent = undefined;
    },
  });
}

export type UploadHeaders = Readonly<Record<string, string>>;

/** Unpacking would hold back what has arrived until there is more of it. */
const plainHeaders: UploadHeaders = { 'accept-encoding': 'identity' };
