import { UsageError } from "../core/errors.ts";

/** What the application asked for cannot be done: answered `NOK` with the message as its text; the connection stays. */
export class Refusal extends UsageError {
  constructor(text: string, cause?: unknown) {
    super(text, { code: "ERR_DRACHTIO_REFUSED", cause });
  }
}

/** What the application sent is no command: answered `NO` with the message as its text, and the connection closed. */
export class BrokenCommand extends UsageError {
  constructor(text: string) {
    super(text, { code: "ERR_DRACHTIO_COMMAND" });
  }
}
