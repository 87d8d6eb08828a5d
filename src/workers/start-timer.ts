/** Calls back once after a while; the returned function takes it back. Must not keep the process alive. */
export type StartTimer = (delayMs: number, then: () => void) => () => void;

export const startTimer: StartTimer = (delayMs, then) => {
  const timer = setTimeout(then, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};
