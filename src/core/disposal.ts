import { asError } from "./errors.ts";

/** Something that holds a socket, a timer or a process and lets it go. Closing twice is harmless. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Closes what was opened, last first, whatever fails on the way.
 * @throws AggregateError of what failed, after everything was tried.
 */
export class Disposer implements AsyncDisposable {
  #closers: (() => Promise<void> | void)[] = [];

  /** Remembers `resource` and returns it. */
  use<T extends Closable>(resource: T): T {
    this.defer(() => resource.close());
    return resource;
  }

  defer(closer: () => Promise<void> | void): void {
    this.#closers.push(closer);
  }

  async close(): Promise<void> {
    const failures: Error[] = [];
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      try {
        await closer();
      } catch (error) {
        failures.push(asError(error));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => failure.message).join("; "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
