import type { RunStartLine } from "../results/model.ts";

/** What was tested, for a reader: `reference call manager at 127.0.0.1:5060, profile cucm`. */
export function targetText({ target: { embedded, address, profile }, options }: RunStartLine): string {
  const { workers } = options;
  const others = typeof workers === "number" && workers > 1 ? `, and one for each of ${workers - 1} more workers` : "";
  return `${embedded ? "reference call manager" : "call manager"} at ${address}${others}, profile ${profile}`;
}
