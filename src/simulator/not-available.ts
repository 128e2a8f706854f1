import { UsageError } from "../core/errors.ts";

/** Code of the error of what only the embedded engine can do; a scenario that needs it is skipped. */
export const NOT_AVAILABLE = "ERR_NOT_AVAILABLE";

export function notAvailable(what: string): UsageError {
  return new UsageError(`${what} needs the embedded engine: with --drachtio the phones share a drachtio-server.`, {
    code: NOT_AVAILABLE,
    details: { what },
  });
}
