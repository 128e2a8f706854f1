import { asError } from "../core/errors.ts";

/**
 * Catches what is thrown where nobody can catch it: in a timer or an event handler of a script, or in a promise that
 * nobody awaits. Without this, mocha would blame whichever test it is waiting for, or swallow it.
 * @param onStray called once for each error, in the async context it came from.
 * @returns stops catching.
 */
export function catchStrays(onStray: (error: Error) => void): () => void {
  const seen = new WeakSet();
  const onException = (thrown: unknown): void => {
    onStray(asError(thrown));
  };
  // Mocha passes rejections on by emitting the event again.
  const onRejection = (reason: unknown, promise: Promise<unknown>): void => {
    if (seen.has(promise)) return;
    seen.add(promise);
    onStray(asError(reason));
  };
  process.setUncaughtExceptionCaptureCallback(onException);
  process.on("unhandledRejection", onRejection);
  return () => {
    process.setUncaughtExceptionCaptureCallback(null);
    process.off("unhandledRejection", onRejection);
  };
}
