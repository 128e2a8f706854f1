import type { Dice } from "../dice.ts";
import { edited, headerOf, setHeader, withHeader } from "../message-text.ts";
import { rows, type Mutation } from "./mutation.ts";

const SINGLE = ["From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Type", "Expires"];
const STRUCTURED = [
  ...SINGLE,
  "Via",
  "Contact",
  "Route",
  "Record-Route",
  "Require",
  "Supported",
  "Authorization",
  "Event",
  "RAck",
];
const NUMBERS = [
  "0",
  "4294967295",
  "4294967296",
  "-1",
  "abc",
  "1.5",
  "",
  "00000000000000000000000000001",
  "9".repeat(400),
];
const UNBALANCED = [
  '"',
  "<",
  ">",
  "(",
  ")",
  '"<',
  "<<",
  '\\"',
  '"\\',
  "<sip:a@h",
  "sip:a@h>",
  '"a" b <sip:c@h>',
  ";",
  ",,",
  "=;",
];
const SENT_BYS = [
  "h:0",
  "h:65536",
  "h:-1",
  "2001:db8::1",
  "[2001:db8::1",
  "[]",
  "h:",
  ":5060",
  "h :5062",
  "",
  "\0",
  "h".repeat(5000),
];

/** Sets a header, whose value is picked, in one of the places named. */
function sets(names: readonly string[], values: readonly string[]): Mutation["apply"] {
  return (message, dice) => withHeader(message, dice.pick(names), dice.pick(values));
}

function many(line: (index: number) => string, counts: readonly number[]): Mutation["apply"] {
  return (message, dice) =>
    edited(message, (parts) =>
      parts.lines.push(...Array.from({ length: dice.pick(counts) }, (_, index) => line(index))),
    );
}

/** Adds something behind the value of a header. */
function extended(names: readonly string[], additions: readonly string[]): Mutation["apply"] {
  return (message, dice) =>
    edited(message, (parts) => {
      const name = dice.pick(names);
      setHeader(parts, name, headerOf(parts, name) + dice.pick(additions));
    });
}

function spacedColon(message: string, dice: Dice): string {
  return message.replace(/^([A-Za-z-]+):/gm, (_, name: string) => `${name}${dice.pick(["", " ", "\t", " \t  "])}:`);
}

/** What stands in header lines. */
export const HEADERS: readonly Mutation[] = [
  {
    name: "a mandatory header taken away",
    apply: (message, dice) =>
      edited(message, (parts) => {
        parts.lines.splice(dice.below(parts.lines.length), 1);
      }),
  },
  {
    name: "a header twice",
    rows: rows(39),
    apply: (message, dice) =>
      edited(message, (parts) => {
        const name = dice.pick(SINGLE);
        parts.lines.splice(dice.below(parts.lines.length + 1), 0, `${name}: ${headerOf(parts, name)}`);
      }),
  },
  { name: "blank or tab before the colon", rows: rows(41), apply: spacedColon },
  {
    name: "a header name that is none",
    apply: (message, dice) =>
      edited(message, (parts) =>
        parts.lines.push(
          dice.pick([":", ": x", "no colon", "Ünïcode: x", "a b: c", `${"N".repeat(9000)}: x`, "\t: x"]),
        ),
      ),
  },
  {
    name: "1,000 unknown headers",
    rows: rows(43),
    apply: many((index) => `X-${index}: ${index}`, [100, 400, 1000, 3000]),
  },
  {
    name: "compact and long form together",
    rows: rows(45),
    apply: (message, dice) =>
      edited(message, (parts) =>
        parts.lines.push(dice.pick(["m: <sip:second@h>", "v: SIP/2.0/TCP h;branch=1", "k: timer", "f: <sip:f@h>"])),
      ),
  },
  { name: "empty value", rows: rows(47), apply: sets(["Supported", "Allow", "Contact", "Via", ...SINGLE], [""]) },
  {
    name: "comma in quotes, brackets, comments",
    rows: rows(49),
    apply: sets(
      ["Contact", "Route", "To"],
      ['"a, b" <sip:c@h>', "<sip:a,b@h>, <sip:c@h>", '<sip:a@h>;p="x,y"', "(a, b) <sip:c@h>"],
    ),
  },
  { name: "unbalanced quotes, brackets, parentheses", rows: rows(51), apply: sets(STRUCTURED, UNBALANCED) },
  {
    name: "percent escapes, sound and broken, in a URI user",
    rows: rows(53),
    apply: sets(
      ["To", "From", "Contact"],
      ["%00", "%0d%0a", "%3c", "%zz", "%", "%2"].map((escape) => `<sip:a${escape}@h>;tag=1`),
    ),
  },
  {
    name: "From without tag",
    rows: rows(55),
    apply: (message) => withHeader(message, "From", "<sip:alice@192.0.2.21>"),
  },
  {
    name: "tag twice, empty, long",
    rows: rows(57),
    apply: extended(["From", "To"], [";tag=a;tag=b", ";tag=", ";tag", `;tag=${"t".repeat(9000)}`]),
  },
  {
    name: "CSeq of another method, number or shape",
    rows: rows(59),
    apply: sets(
      ["CSeq"],
      ["1 NOTHING", "4294967296 INVITE", "-1 BYE", "1", "INVITE", "1INVITE", "1 INVITE x", "1\tACK", ""],
    ),
  },
  {
    name: "Expires out of range",
    rows: rows(61),
    apply: sets(["Expires", "Min-Expires", "Session-Expires", "Max-Forwards"], NUMBERS),
  },
  {
    name: "expires of a Contact out of range",
    rows: rows(61),
    apply: extended(
      ["Contact"],
      NUMBERS.map((number) => `;expires=${number};q=${number}`),
    ),
  },
  {
    name: "Contact * with another",
    rows: rows(63),
    apply: sets(["Contact"], ["*, <sip:a@h>", "<sip:a@h>, *", "*;expires=0", "*, *"]),
  },
  { name: "200 Contacts and more", rows: rows(65), apply: many((index) => `Contact: <sip:a${index}@h>`, [200, 500]) },
  {
    name: "many Contacts in one line",
    rows: rows(65),
    apply: (message, dice) =>
      withHeader(
        message,
        "Contact",
        Array.from({ length: dice.pick([200, 2000]) }, (_, index) => `<sip:${index}@h>`).join(","),
      ),
  },
  {
    name: "sent-by that leads nowhere",
    rows: rows(67),
    apply: (message, dice) =>
      withHeader(message, "Via", `SIP/2.0/UDP ${dice.pick(SENT_BYS)};branch=z9hG4bK${dice.hex()}`),
  },
  {
    name: "many Vias",
    apply: many((index) => `Via: SIP/2.0/UDP h${index};branch=z9hG4bK${index}`, [70, 300]),
  },
  {
    name: "rport, received and maddr made up",
    rows: rows(69),
    apply: extended(
      ["Via"],
      [";rport=5", ";rport=x", ";received=1.2.3.4", ";received=x y", ";maddr=127.0.0.1", ";maddr=", ";ttl=999"],
    ),
  },
  {
    name: "Require on CANCEL, ACK and others",
    rows: rows(71),
    apply: sets(["Require", "Proxy-Require"], ["100rel", "nothing", "", ",", "a b", `${"x,".repeat(2000)}y`]),
  },
  {
    name: "folds without end",
    apply: (message, dice) =>
      withHeader(message, dice.pick(["Subject", "To"]), "x\r\n ".repeat(dice.pick([3, 500, 5000]))),
  },
  {
    name: "a value of many octets",
    apply: (message, dice) =>
      withHeader(
        message,
        dice.pick(STRUCTURED),
        dice.pick(["a", ";a", "<", '"', "\\", "a,", "%41", "[", "::"]).repeat(dice.pick([1000, 15_000])),
      ),
  },
];
