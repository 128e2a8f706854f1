import { UsageError } from "../core/errors.ts";
import { headerKey } from "../sip/message/index.ts";
import type { HeaderValues } from "./phone.ts";

/**
 * Header values put one over the other: a later one replaces an earlier one of the same name, however spelt.
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
    merged.set(headerKey(name), [name, value]);
  }
  return Object.fromEntries(merged.values());
}
