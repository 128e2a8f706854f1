import { UsageError } from "../../core/errors.ts";
import { HeaderLine } from "./header-line.ts";
import type { HeaderLines } from "./header-lines.ts";
import { UNKNOWN_HEADER } from "./header-names.ts";
import { toHeaderValue } from "./octet-text.ts";
import { OwnLines } from "./own-lines.ts";
import { isToken } from "./tokens.ts";

/** Header as given to `create`: name in any spelling, value as octet string or as text. */
export type HeaderField = readonly [name: string, value: string];

/** What a message is made of, as the parser finds it. */
export interface MessageParts {
  readonly lines: HeaderLines;
  /** Octets of the whole message where it was received. */
  readonly received?: Buffer | undefined;
  /** Where the body starts in `received`. */
  readonly bodyStart?: number;
  readonly body?: Buffer | undefined;
}

/** Body of a message that has none. */
export const NO_BODY = Buffer.alloc(0);

/**
 * A clean line from what a caller gave: CR, LF and NUL in the value become a space.
 * @throws {UsageError} ERR_HEADER_NAME: the name is not a token.
 */
export function headerLine(name: string, value: string): HeaderLine {
  const line = HeaderLine.of(name, toHeaderValue(value));
  // The headers that we know have token names.
  if (line.id === UNKNOWN_HEADER && !isToken(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is not a header name: only letters, digits and -.!%*_+\`'~ may stand in it`,
      {
        code: "ERR_HEADER_NAME",
        details: { name },
      },
    );
  }
  return line;
}

/** Header lines and body of a message that is created. */
export function newParts(headers: readonly HeaderField[] = [], body: Buffer | string = NO_BODY): MessageParts {
  const lines: HeaderLine[] = [];
  for (const field of headers) lines.push(headerLine(field[0], field[1]));
  return {
    lines: new OwnLines(lines),
    body: typeof body === "string" ? Buffer.from(body, "utf8") : body,
  };
}
