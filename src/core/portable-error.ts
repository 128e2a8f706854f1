import { HarnessError, InternalError, InventoryError, TransportError, UsageError } from "./errors.ts";

/** An error as far as it crosses from thread to thread or process to process: enough for exit code and message. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}

export function toPortable(error: Error): PortableError {
  const { name, message, stack } = error;
  return {
    name,
    message,
    ...(error instanceof HarnessError ? { code: error.code } : {}),
    ...(stack === undefined ? {} : { stack }),
  };
}

/** The error on the other side: of its class where that says whose turn it is, else an {@link InternalError} ERR_WORKER. */
export function fromPortable({ name, message, code = "ERR_WORKER", stack }: PortableError): HarnessError {
  if (name === "UsageError") return new UsageError(message, { code });
  if (name === "InventoryError") return new InventoryError(message, { code });
  if (name === "TransportError") return new TransportError(message, { code });
  return new InternalError(stack ?? message, { code });
}
