import { canonicalHeaderName, SipRequest, SipResponse, type SipMessage } from "../../sip/message/index.ts";
import type { Policies } from "../policies/policies.ts";
import type { Variant } from "./variant.ts";

function rewording(
  word: (message: SipMessage, octets: Buffer) => SipMessage | Buffer | string,
): Pick<Policies, "wordMessage"> {
  return {
    wordMessage: ({ message, octets }) => ({
      outcome: "changed",
      rules: [],
      reason: "another wire form",
      message: word(message, octets),
    }),
  };
}

/** A message as lines of its header and what stands behind the empty line. */
function linesOf(octets: Buffer): { readonly lines: string[]; readonly body: string } {
  const text = octets.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  return { lines: text.slice(0, end).split("\r\n"), body: text.slice(end + 4) };
}

function messageOf(lines: readonly string[], body: string): Buffer {
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

const COMPACT: Readonly<Record<string, string>> = {
  "Call-ID": "i",
  Contact: "m",
  "Content-Encoding": "e",
  "Content-Length": "l",
  "Content-Type": "c",
  Event: "o",
  From: "f",
  "Refer-To": "r",
  Subject: "s",
  Supported: "k",
  To: "t",
  Via: "v",
};

function nameOf(line: string): string {
  return canonicalHeaderName(line.slice(0, line.indexOf(":")).trim());
}

/** Call managers whose messages look otherwise and say the same (RFC 3261 §7.3). */
export const wireFormVariants: readonly Variant[] = [
  {
    name: "folds-headers",
    title: "folds every header behind its name and at its parameters",
    legalBecause: "RFC 3261 §7.3.1",
    policies: rewording((_, octets) => {
      const { lines, body } = linesOf(octets);
      const folded = lines.map((line, index) =>
        index === 0 ? line : line.replace(": ", ":\r\n ").replace(";tag=", "\r\n\t;tag="),
      );
      return messageOf(folded, body);
    }),
  },
  {
    name: "writes-compact-names",
    title: "writes header names in their compact form",
    legalBecause: "RFC 3261 §7.3.3",
    policies: rewording((_, octets) => {
      const { lines, body } = linesOf(octets);
      const compact = lines.map((line, index) => {
        const short = index === 0 ? undefined : COMPACT[nameOf(line)];
        return short === undefined ? line : `${short}${line.slice(line.indexOf(":"))}`;
      });
      return messageOf(compact, body);
    }),
  },
  {
    name: "writes-headers-in-another-order-and-case",
    title: "writes headers in the reverse order, Via first, their names in capitals",
    legalBecause: "RFC 3261 §7.3.1: order across names and case do not matter",
    policies: rewording((_, octets) => {
      const { lines, body } = linesOf(octets);
      const [start = "", ...headers] = lines;
      const vias = headers.filter((line) => nameOf(line) === "Via");
      const others = headers.filter((line) => nameOf(line) !== "Via");
      const names = [...new Set(others.map(nameOf))].reverse();
      const sorted = names.flatMap((name) => others.filter((line) => nameOf(line) === name));
      const loud = [...vias, ...sorted].map((line) => {
        const colon = line.indexOf(":");
        return `${line.slice(0, colon).toUpperCase()} :  ${line.slice(colon + 1).trim()}`;
      });
      return messageOf([start, ...loud], body);
    }),
  },
  {
    name: "calls-itself-something-else",
    title: "has another name in Server and User-Agent, and tells Date in none",
    legalBecause: "RFC 3261 §20.35, §20.41: free text; Date is optional",
    policies: rewording((message) => {
      message.delete("Date");
      for (const name of ["Server", "User-Agent"]) if (message.has(name)) message.set(name, "Some PBX/7.2 (build 11)");
      return message;
    }),
  },
  {
    name: "adds-headers-of-its-own",
    title: "adds headers that nobody knows, and a Supported",
    legalBecause: "RFC 3261 §8.1.3.5, §8.2.2: unknown headers are ignored",
    policies: rewording((message) => {
      message.add("X-Billing", "free; of=charge");
      message.add("P-Asserted-Service", "urn:urn-7:3gpp-service.ims.icsi.mmtel");
      if (message instanceof SipRequest && message.method === "INVITE") message.add("Supported", "199, gin");
      return message;
    }),
  },
  {
    name: "records-its-route",
    title: "puts a Record-Route of its own into the answers to INVITEs of phones",
    legalBecause: "RFC 3261 §16.6, §12.1.2: the phone sends along it",
    policies: rewording((message) => {
      const dialog = message instanceof SipResponse && message.cseq.method === "INVITE" && message.has("Contact");
      const [contact] = message.contacts === "*" ? [] : message.contacts;
      const uri = contact?.uriText.replace(/^sip:[^@]*@/, "sip:");
      return dialog && uri !== undefined ? message.add("Record-Route", `<${uri};lr>`) : message;
    }),
  },
  {
    name: "counts-cseq-from-another-number",
    title: "counts CSeq of the requests in its dialogs from a large number",
    legalBecause: "RFC 3261 §8.1.1.5: any number below 2^31",
    policies: rewording((message) => {
      const { number, method } = message.cseq;
      return message instanceof SipRequest ? message.set("CSeq", `${number + 70_000} ${method}`) : message;
    }),
  },
  {
    name: "says-why-by-reason-phrases-of-its-own",
    title: "has reason phrases of its own, and none at all for provisional responses",
    legalBecause: "RFC 3261 §7.2: the phrase is for people",
    policies: rewording((message, octets) => {
      if (!(message instanceof SipResponse)) return octets;
      const { lines, body } = linesOf(octets);
      const phrase = message.status < 200 ? "" : "As You Like";
      return messageOf([`SIP/2.0 ${message.status} ${phrase}`, ...lines.slice(1)], body);
    }),
  },
  {
    name: "warns-and-asks-for-patience",
    title: "adds Warning and Retry-After to every refusal",
    legalBecause: "RFC 3261 §20.33, §20.43; REG-30 never judges them",
    policies: rewording((message) => {
      if (!(message instanceof SipResponse) || message.status < 400 || message.status === 401) return message;
      message.add("Warning", '399 pbx.example.com "as it says"');
      return message.has("Retry-After") ? message : message.add("Retry-After", "35");
    }),
  },
];
