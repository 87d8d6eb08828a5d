import picocolors from 'picocolors';

/** What a command may use of the process around it. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly platform: string;
  /** Whether a person reads what is written. */
  readonly terminal: boolean;
  readonly colour: boolean;
  readonly columns: () => number | undefined;
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** The real process. */
export function processIo(): CommandIo {
  // Whoever reads our lines may go away (`| head`); that must not end the streams that are open.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedReader);
  const terminal = process.stdout.isTTY === true;
  return {
    env: process.env,
    directory: process.cwd(),
    platform: process.platform,
    terminal,
    colour: terminal && picocolors.isColorSupported,
    columns: () => process.stdout.columns,
    out: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  };
}

function ignoreClosedReader(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
}
