import { deflateRawSync } from "node:zlib";
import { printable } from "../../core/text.ts";
import type { ScenarioRecord } from "../../results/index.ts";
import { messageLabel } from "../message-label.ts";

/** A message as `page.js` reads it: ms since the first, index of the phone, 1 where sent, protocol, remote, label, notes, text. */
type MessageRow = readonly [
  ms: number,
  phone: number,
  sent: 0 | 1,
  protocol: string,
  remote: string,
  label: string,
  notes: string,
  text: string,
];

interface ScenarioMessages {
  readonly phones: readonly string[];
  /** ms since the first message; what came later is clearing up after a failure. */
  readonly until: number | null;
  readonly rows: readonly MessageRow[];
}

/** Octets as text for a reader: UTF-8 where they are, no control characters. */
function readable(octets: string): string {
  return printable(Buffer.from(octets, "latin1").toString("utf8"), true);
}

function messagesOf({ start, messages, end }: ScenarioRecord): ScenarioMessages {
  const phones = [...new Set([...Object.keys(start.phones), ...messages.map(({ endpoint }) => endpoint)])];
  const began = messages[0]?.at ?? start.at;
  const failedAt = end?.failure?.at;
  return {
    phones,
    until: failedAt === undefined ? null : Math.round(failedAt - began),
    rows: messages.map((message): MessageRow => [
      Math.round(message.at - began),
      phones.indexOf(message.endpoint),
      message.direction === "sent" ? 1 : 0,
      message.protocol,
      message.remote,
      messageLabel(message),
      message.notes.join(", "),
      readable(message.octets),
    ]),
  };
}

/**
 * The messages of all scenarios as base64 of deflated JSON: a run has ten thousand of them, which are alike. A page
 * unpacks them when the first ladder is looked at.
 */
export function packMessages(scenarios: readonly ScenarioRecord[]): string {
  return deflateRawSync(JSON.stringify(scenarios.map(messagesOf)), { level: 6 }).toString("base64");
}
