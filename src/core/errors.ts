/** Plain data that explains an error: what a report shows beside the message. Never holds secrets. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface HarnessErrorOptions {
  /** Stable identifier, `ERR_…`; each has a paragraph in docs/errors.md. */
  readonly code: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/**
 * Base of every error the harness throws on purpose. The class says whose turn it is; `code` is stable;
 * `details` holds the values that the message was made from.
 */
export abstract class HarnessError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(message: string, options: HarnessErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.details = options.details ?? {};
  }
}

/** The script or the command line asks for something impossible. Turn of: whoever wrote it. */
export class UsageError extends HarnessError {}

/** The lab file is wrong. Turn of: whoever keeps it; `details` has `file`, `line`, `column` and `path` where known. */
export class InventoryError extends HarnessError {}

/** A peer sent something that the protocol forbids. Turn of: the device under test. */
export class PeerProtocolError extends HarnessError {}

/**
 * A peer did what the protocol allows and the script did not expect: a final response where a provisional one was
 * awaited, a call that rings where none must. Weighs as much as the rule that was being judged.
 */
export class UnexpectedOutcomeError extends HarnessError {}

/** A peer did not send what it had to in time. Turn of: the device under test. */
export class WaitTimeoutError extends HarnessError {}

/** The surroundings failed: address in use, connection refused, network unreachable. */
export class TransportError extends HarnessError {}

/** We are wrong. Turn of: the authors of offhook. */
export class InternalError extends HarnessError {}

/** The value as an `Error`, whatever was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
