import type { RunStartLine } from "../results/model.ts";

/** What was tested, for a reader: `reference call manager at 127.0.0.1:5060, profile cucm`. */
export function targetText({ target: { embedded, address, profile }, options }: RunStartLine): string {
  const { workers } = options;
  const first = typeof workers === "number" && workers > 1 ? ` (the first of ${workers}, one for each worker)` : "";
  return `${embedded ? "reference call manager" : "call manager"} at ${address}${first}, profile ${profile}`;
}
