import { edited, headerOf, setHeader, withBody, withHeader } from "../message-text.ts";
import { rows, type Mutation } from "./mutation.ts";

/** The largest UDP payload over IPv4. */
const LARGEST_DATAGRAM = 65_507;
const STUN_BINDING_REQUEST = "\x00\x01\x00\x00\x21\x12\xa4\x42";
const ODD_LENGTHS = ["0x10", "+5", " 5", "5;x", "5,5", "99999999999999999999", "-1", "5 5", "", "٣", "1e3", "5\t"];

/** Where one message ends and the next begins, and what stands between them. */
export const FRAMING: readonly Mutation[] = [
  { name: "empty datagram", rows: rows(1), apply: () => "" },
  { name: "line ends only", apply: (_, dice) => "\r\n".repeat(dice.between(1, 40)) },
  { name: "STUN binding request", rows: rows(3), apply: (_, dice) => STUN_BINDING_REQUEST + dice.octets(12) },
  { name: "octets of no protocol", apply: (_, dice) => dice.octets(dice.between(1, 2000)) },
  {
    name: "datagram of 65,507 octets",
    rows: rows(5),
    apply: (message, dice) => {
      const room = LARGEST_DATAGRAM - message.length - 60;
      if (room <= 0) return message.slice(0, LARGEST_DATAGRAM);
      return dice.chance(50) ? withHeader(message, "X-Pad", "x".repeat(room)) : withBody(message, "x".repeat(room));
    },
  },
  {
    name: "two to ten messages in one piece",
    rows: rows(7),
    apply: (message, dice) =>
      Array.from({ length: dice.between(2, 10) }, () => message.replace(/z9hG4bK/, () => `z9hG4bK${dice.hex()}`)).join(
        "",
      ),
  },
  {
    name: "cut in the middle",
    rows: rows(9),
    apply: (message, dice) => message.slice(0, dice.below(message.length)),
  },
  {
    name: "octets before the start line",
    rows: rows(11),
    apply: (message, dice) => dice.pick(["\0", "\r", "\n", " ", "x", "\xef\xbb\xbf", dice.octets(9)]) + message,
  },
  { name: "bare CR line ends", rows: rows(13), apply: (message) => message.replaceAll("\r\n", "\r") },
  { name: "bare LF line ends", apply: (message) => message.replaceAll("\r\n", "\n") },
  {
    name: "line ends mixed",
    apply: (message, dice) => message.replace(/\r\n/g, () => dice.pick(["\r\n", "\n", "\r", "\n\r", "\r\r\n"])),
  },
  {
    name: "NUL somewhere",
    rows: rows(15),
    apply: (message, dice) => {
      const at = dice.below(message.length + 1);
      return `${message.slice(0, at)}\0${message.slice(at)}`;
    },
  },
  {
    name: "8-bit octets and invalid UTF-8",
    rows: rows(17),
    apply: (message, dice) =>
      withHeader(
        message,
        dice.pick(["From", "Subject", "X-Text"]),
        `"\xc3\x28\xff\xfe\xf0\x9f" <sip:a@h>;tag=${dice.hex()}`,
      ),
  },
  {
    name: "Content-Length smaller than the body",
    rows: rows(19),
    apply: (message, dice) =>
      edited(message, (parts) => {
        setHeader(parts, "Content-Length", String(dice.below(Math.max(1, parts.body.length))));
      }),
  },
  {
    name: "Content-Length larger than the body",
    apply: (message, dice) =>
      edited(message, (parts) => {
        setHeader(
          parts,
          "Content-Length",
          String(parts.body.length + dice.pick([1, 2, 100, 70_000, 2 ** 31, 2 ** 32])),
        );
      }),
  },
  {
    name: "Content-Length that is no number",
    rows: rows(21),
    apply: (message, dice) => withHeader(message, "Content-Length", dice.pick(ODD_LENGTHS)),
  },
  {
    name: "Content-Length twice",
    apply: (message, dice) =>
      edited(message, (parts) => parts.lines.push(`${dice.pick(["l", "Content-Length"])}: ${dice.below(40)}`)),
  },
  {
    name: "Content-Length and CSeq folded",
    rows: rows(23),
    apply: (message) =>
      edited(message, (parts) => {
        setHeader(parts, "Content-Length", `\r\n ${parts.body.length}`);
        setHeader(parts, "CSeq", headerOf(parts, "CSeq").replace(" ", "\r\n\t "));
      }),
  },
];
