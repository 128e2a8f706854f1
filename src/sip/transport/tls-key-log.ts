import { appendFileSync } from "node:fs";
import { asError } from "../../core/errors.ts";

/** Only its owner may read it: with these secrets anyone can read what TLS carried. */
const MODE = 0o600;

/** The file that was warned of last. */
let unwritable: string | undefined;

/**
 * Appends session secrets to the file that `SSLKEYLOGFILE` names, for Wireshark, as browsers and curl do. They go
 * there and nowhere else. Undefined where the variable is not set.
 */
export function keyLog(): ((line: Buffer) => void) | undefined {
  const file = process.env["SSLKEYLOGFILE"];
  if (file === undefined || file === "") return undefined;
  return (line) => {
    try {
      appendFileSync(file, line, { mode: MODE });
    } catch (error) {
      // Calls go on without it; whoever set the variable has to know, but not at each line.
      if (file === unwritable) return;
      unwritable = file;
      process.emitWarning(`SSLKEYLOGFILE "${file}" can't be written: ${asError(error).message}`);
    }
  };
}
