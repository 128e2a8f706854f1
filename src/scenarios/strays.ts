import { asError } from "../core/errors.ts";

type StrayListener = (error: Error) => void;

/** The run that started last is told; Node takes one callback only. */
const listeners: StrayListener[] = [];
const told = new WeakSet<Promise<unknown>>();

function onException(thrown: unknown): void {
  listeners.at(-1)?.(asError(thrown));
}

/** Mocha passes rejections on by emitting the event again. */
function onRejection(reason: unknown, promise: Promise<unknown>): void {
  if (told.has(promise)) return;
  told.add(promise);
  listeners.at(-1)?.(asError(reason));
}

/**
 * Catches what is thrown where nobody can catch it: in a timer or an event handler of a script, or in a promise that
 * nobody awaits. Without this, mocha would blame whichever test it is waiting for, or swallow it.
 * @param onStray called once for each error, in the async context it came from.
 * @returns stops catching.
 */
export function catchStrays(onStray: StrayListener): () => void {
  if (listeners.push(onStray) === 1) {
    process.setUncaughtExceptionCaptureCallback(onException);
    process.on("unhandledRejection", onRejection);
  }
  return () => {
    listeners.splice(listeners.lastIndexOf(onStray), 1);
    if (listeners.length > 0) return;
    process.setUncaughtExceptionCaptureCallback(null);
    process.off("unhandledRejection", onRejection);
  };
}
