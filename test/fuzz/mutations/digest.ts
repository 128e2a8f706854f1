import { edited, headerOf, setHeader } from "../message-text.ts";
import { rows, type Mutation } from "./mutation.ts";

const PARAMETERS = ["username", "realm", "nonce", "uri", "response", "algorithm", "qop", "nc", "cnonce", "opaque"];
const HEADERS = ["Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate"];
const SOUND = 'Digest username="u", realm="r", nonce="n", uri="sip:h", response="00000000000000000000000000000000"';

/** Changes the digest header there is, or a sound one that is put there. */
function changes(change: (value: string, pick: <T>(choices: readonly T[]) => T) => string): Mutation["apply"] {
  return (message, dice) =>
    edited(message, (parts) => {
      const name = HEADERS.find((header) => headerOf(parts, header) !== "") ?? dice.pick(HEADERS);
      setHeader(
        parts,
        name,
        change(headerOf(parts, name) || SOUND, (choices) => dice.pick(choices)),
      );
    });
}

function parameter(name: string, value: string): (old: string) => string {
  return (old) => `${old.replace(new RegExp(`,? *${name}=("[^"]*"|[^,]*)`), "")}, ${name}=${value}`;
}

/** What stands in credentials and challenges. */
export const DIGEST: readonly Mutation[] = [
  {
    name: "a digest parameter taken away",
    rows: rows(73),
    apply: changes((value, pick) => value.replace(new RegExp(`${pick(PARAMETERS)}=("[^"]*"|[^,]*),?`), "")),
  },
  {
    name: "a digest parameter twice, empty or bare",
    apply: changes(
      (value, pick) => `${value}, ${pick(PARAMETERS)}${pick(["", "=", '=""', "=x, =y", '="unclosed', "=\\"])}`,
    ),
  },
  { name: "uri other than the Request-URI", rows: rows(75), apply: changes(parameter("uri", '"sip:other@h"')) },
  {
    name: "nonce of somebody else",
    rows: rows(77),
    apply: changes((value, pick) => parameter("nonce", pick(['"other"', '""', `"${"n".repeat(9000)}"`]))(value)),
  },
  {
    name: "qop missing or unknown",
    rows: rows(79),
    apply: changes((value, pick) => parameter("qop", pick(["", "none", '"auth', "auth-int", "auth,auth"]))(value)),
  },
  {
    name: "cnonce of 10,000 characters",
    rows: rows(81),
    apply: changes(parameter("cnonce", `"${"c".repeat(10_000)}"`)),
  },
  {
    name: "username with quote and backslash",
    rows: rows(81),
    apply: changes(parameter("username", '"a\\"b\\\\c\\"')),
  },
  {
    name: "scheme unknown, missing or alone",
    apply: changes((value, pick) =>
      pick(["", "Digest", "Digest,", "Basic Zm9vOmJhcg==", "NoOne knows=this", value.replace("Digest ", "Digest")]),
    ),
  },
];
