import { withStartLine } from "../message-text.ts";
import { rows, type Mutation } from "./mutation.ts";

const uri = (change: (uri: string) => string) => (message: string) =>
  withStartLine(message, ([first = "", second = "", ...rest]) => [first, change(second), ...rest].join(" "));

/** What stands in the first line. */
export const START_LINE: readonly Mutation[] = [
  {
    name: "method in lower case",
    rows: rows(25),
    apply: (message) => withStartLine(message, ([method = "", ...rest]) => [method.toLowerCase(), ...rest].join(" ")),
  },
  {
    name: "unknown method",
    apply: (message, dice) =>
      withStartLine(message, ([, ...rest]) =>
        [dice.pick(["FOO", "A".repeat(5000), "INVITE%20", "!~*"]), ...rest].join(" "),
      ),
  },
  {
    name: "method with separators or blanks",
    rows: rows(27),
    apply: (message, dice) =>
      withStartLine(message, ([method = "", ...rest]) =>
        [`${method}${dice.pick(["@", "/x", " x", "\t", "\xff", ";"])}`, ...rest].join(" "),
      ),
  },
  {
    name: "other version of SIP",
    apply: (message, dice) =>
      message.replace("SIP/2.0", () =>
        dice.pick(["SIP/7.0", "SIP/2", "SIP/2.00", "sip/2.0", "HTTP/1.1", `SIP/${"9".repeat(500)}.0`]),
      ),
  },
  { name: "sips over UDP", rows: rows(29), apply: uri((old) => old.replace(/^sip:/, "sips:")) },
  {
    name: "Request-URI of a strange scheme or host",
    apply: (message, dice) =>
      uri(() =>
        dice.pick([
          "tel:+1",
          "http://h/",
          ":",
          "sip:",
          "sip:@",
          "sip:a@",
          "sip:a@[::1",
          "sip:a@[]",
          "sip:a@h:99999",
          "x".repeat(300),
        ]),
      )(message),
  },
  {
    name: "Request-URI with a user of 10,000 characters",
    rows: rows(31),
    apply: uri((old) => old.replace("ua@", `${"u".repeat(10_000)}@`)),
  },
  {
    name: "blanks missing, doubled, or tabs",
    rows: rows(33),
    apply: (message, dice) =>
      withStartLine(message, (parts) => parts.join(dice.pick(["", "\t", "  ", " \t", "\r\n "]))),
  },
  {
    name: "response without reason and without blank",
    rows: rows(35),
    apply: (message, dice) =>
      withStartLine(message, () => `SIP/2.0 ${dice.pick(["200", "1", "99", "1000", "0x1", "4294967301", "2 00"])}`),
  },
  {
    name: "request behind a status line's prefix",
    rows: rows(37),
    apply: (message) => withStartLine(message, (parts) => `SIP/2.0 ${parts.join(" ")}`),
  },
];
