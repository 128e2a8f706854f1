import type { Dice } from "../dice.ts";
import { edited, headerOf, setHeader, withHeader, withStartLine } from "../message-text.ts";
import { rows, type Mutation } from "./mutation.ts";

/** The message made one of another method. */
function as(method: string, message: string, changes: Readonly<Record<string, string>> = {}): string {
  const renamed = withStartLine(message, (parts) => [method, ...parts.slice(1)].join(" "));
  return edited(renamed, (parts) => {
    const number = Number.parseInt(headerOf(parts, "CSeq"), 10);
    setHeader(parts, "CSeq", `${Number.isNaN(number) ? 1 : number} ${method}`);
    for (const [name, value] of Object.entries(changes)) setHeader(parts, name, value);
  });
}

function otherBranch(message: string, dice: Dice): string {
  return message.replace(/branch=[^;,\s]*/, () => `branch=z9hG4bK${dice.hex()}`);
}

/** What several messages do together. */
export const EXCHANGES: readonly Mutation[] = [
  {
    name: "retransmitted ten times",
    rows: rows(83),
    apply: (message) => Array.from({ length: 10 }, () => message),
  },
  {
    name: "merged: other branch, all else the same",
    rows: rows(85),
    apply: (message, dice) => [message, otherBranch(message, dice), otherBranch(message, dice)],
  },
  {
    name: "CANCEL of the same or another branch",
    rows: rows(87),
    apply: (message, dice) => {
      const cancel = as("CANCEL", message);
      return [message, dice.chance(50) ? cancel : otherBranch(cancel, dice), cancel];
    },
  },
  {
    name: "BYE with wrong tags",
    rows: rows(89),
    apply: (message, dice) => [
      message,
      as("BYE", otherBranch(message, dice), { To: `<sip:ua@127.0.0.1>;tag=${dice.hex()}` }),
    ],
  },
  {
    name: "CSeq going down",
    rows: rows(91),
    apply: (message, dice) =>
      [9, 5, 0].map((number) =>
        withHeader(as("INFO", otherBranch(message, dice), { To: "<sip:ua@h>;tag=u1" }), "CSeq", `${number} INFO`),
      ),
  },
  {
    name: "PRACK with unknown RAck",
    rows: rows(93),
    apply: (message, dice) => [
      message,
      as("PRACK", otherBranch(message, dice), { RAck: dice.pick(["9 9 INVITE", "x", "1 1", "4294967296 1 INVITE"]) }),
    ],
  },
  {
    name: "responses that nobody awaits",
    rows: rows(95),
    apply: (message, dice) =>
      ["180 Ringing", "200 OK", "183 Again"].map((status) =>
        withHeader(
          withStartLine(message, () => `SIP/2.0 ${status}`),
          "To",
          `<sip:ua@h>;tag=${dice.hex()}`,
        ),
      ),
  },
  {
    name: "UPDATE before any dialog",
    rows: rows(97),
    apply: (message, dice) => as("UPDATE", otherBranch(message, dice), { To: `<sip:ua@h>;tag=${dice.hex()}` }),
  },
  {
    name: "ACK that nobody awaits, and one too many",
    apply: (message, dice) => [as("ACK", message), message, as("ACK", message), as("ACK", otherBranch(message, dice))],
  },
];
