import { UsageError } from "../core/errors.ts";
import { headerKey } from "../sip/message/index.ts";
import type { HeaderValues } from "./phone.ts";

const TOKEN = /^[!%'*+.0-9A-Z_`a-z~-]+$/;

/**
 * Header values put one over the other: a later one replaces an earlier one of the same name, however spelt.
 * @throws {UsageError} ERR_HEADER_NAME: no token, which drachtio-srf would leave out without a word.
 * @throws {UsageError} ERR_HEADER_VALUE: a line break, which drachtio-srf would send as a further header.
 */
export function mergeHeaders(...layers: readonly (HeaderValues | undefined)[]): HeaderValues {
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer ?? {}))) {
    if (/[\r\n]/.test(name + value)) {
      throw new UsageError(`the header ${name} holds a line break; send such a message with phone.wire`, {
        code: "ERR_HEADER_VALUE",
        details: { name },
      });
    }
    if (!TOKEN.test(name)) {
      throw new UsageError(
        `"${name}" is no header name (RFC 3261 §25.1: a token); send such a message with phone.wire`,
        {
          code: "ERR_HEADER_NAME",
          details: { name },
        },
      );
    }
    merged.set(headerKey(name), [name, value]);
  }
  return Object.fromEntries(merged.values());
}
