import type { Source } from "./source.ts";
import { WordTable } from "./word-table.ts";

const METHODS = new WordTable(
  "INVITE ACK BYE CANCEL REGISTER OPTIONS PRACK UPDATE INFO SUBSCRIBE NOTIFY REFER MESSAGE PUBLISH".split(" "),
  false,
);

/** The method at `text[start, end)`, a token; of a known method always the same string. */
export function methodAt({ octets, text }: Source, start: number, end: number): string {
  return METHODS.find(octets, start, end) ?? text.slice(start, end);
}
