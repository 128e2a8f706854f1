import { asError } from "../../src/core/errors.ts";

/** What `promise` is rejected with; fails if it is not. Handles the rejection at once, so it may be awaited later. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string; details?: unknown }> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return asError(error);
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
}
