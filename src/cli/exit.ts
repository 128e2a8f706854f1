import { HarnessError, InternalError, InventoryError, TransportError, UsageError } from "../core/errors.ts";

/** Exit codes that a command may end with; docs/errors.md explains each. */
export const EXIT = { ok: 0, failed: 1, usage: 2, inconclusive: 3, nothingSelected: 4, internal: 70 } as const;

/** The exit code for an error that ended a command. */
export function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError || error instanceof InventoryError) return EXIT.usage;
  if (error instanceof TransportError) return EXIT.inconclusive;
  return EXIT.internal;
}

/** What to print for it: one line for what the user can mend, the whole stack for what only we can. */
export function explain(error: unknown): string {
  if (error instanceof HarnessError && !(error instanceof InternalError)) return `offhook: ${error.message}\n`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `offhook: this is a mistake of offhook itself, please report it\n${text}\n`;
}
