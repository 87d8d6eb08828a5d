/** A thread beside the server, as those see it who ask it. */
export interface AskedWorker<Question, Answer> {
  ask(question: Question): void;
  /** Who listens from now on to what it answers; the one before does not any more. */
  onAnswer(listener: (answer: Answer) => void): void;
  /** The same for its end, by a fault or by itself. */
  onFailure(listener: () => void): void;
  end(): void;
}

/** Starts the worker of a file. A server that wants to stop does not wait for it. */
export function spawnWorker<Question, Answer>(file: URL, options: WorkerOptions = {}): AskedWorker<Question, Answer> {
  const worker = new Worker(file, options);
  worker.unref();
  let failed: (() => void) | undefined;
  worker.onerror = (event) => {
    event.preventDefault();
    failed?.();
  };
  worker.addEventListener('close', () => failed?.());
  return {
    ask: (question) => worker.postMessage(question),
    onAnswer: (listener) => {
      worker.onmessage = (event: MessageEvent<Answer>) => listener(event.data);
    },
    onFailure: (listener) => {
      failed = listener;
    },
    end: () => worker.terminate(),
  };
}
