import { printable } from "../core/text.ts";
import { maskSecrets } from "../results/index.ts";
import { decodeText, SipRequest, SipResponse, type SipMessage } from "../sip/message/index.ts";

/** Headers that tell a tester what happened; the others are left out of a message that is shown. */
const TELLING = new Set(
  (
    "from to call-id cseq contact expires min-expires www-authenticate proxy-authenticate authorization " +
    "proxy-authorization warning reason retry-after require unsupported allow content-type content-length"
  ).split(" "),
);
const LONGEST_LINE = 200;

/** A message in a few words: `INVITE sip:1003@cm`, `200 OK to INVITE`. */
export function labelOf(message: SipMessage): string {
  if (message instanceof SipRequest) return printable(`${message.method} ${message.requestUri}`);
  if (!(message instanceof SipResponse)) return "a message";
  const method = message.get("CSeq")?.split(/[ \t]+/)[1];
  return printable(`${message.status} ${message.reason}${method === undefined ? "" : ` to ${method}`}`);
}

/** The start line and the headers that tell something, those of `names` too; secrets masked, the body counted only. */
export function showMessage(message: SipMessage, names: readonly string[] = []): string {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const start = message.toString().split("\r\n", 1)[0] ?? "";
  const headers = message.headers
    .filter(({ name }) => TELLING.has(name.toLowerCase()) || wanted.has(name.toLowerCase()))
    .map(({ name, value }) => `${name}: ${decodeText(value)}`);
  const lines = [start, ...headers].map((line) => `    ${printable(maskSecrets(line)).slice(0, LONGEST_LINE)}`);
  const body = message.body.length === 0 ? [] : [`    (body: ${message.body.length} octets)`];
  return [...lines, ...body].join("\n");
}
