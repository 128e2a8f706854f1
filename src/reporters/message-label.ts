import type { TraceEntry } from "../results/model.ts";
import { printable } from "../core/text.ts";

const CSEQ_METHOD = /^CSeq[ \t]*:[ \t]*\d+[ \t]+(\S+)/im;
const SDP_TYPE = /^(?:Content-Type|c)[ \t]*:[ \t]*application\/sdp/im;

/** A message in a few words: `INVITE sip:1003@cm (SDP)`, `200 OK to INVITE (SDP)`, `4 octets, not SIP`. */
export function messageLabel(entry: Pick<TraceEntry, "octets">): string {
  const firstLine = entry.octets.split("\r\n", 1)[0] ?? "";
  const sdp = SDP_TYPE.test(entry.octets) ? " (SDP)" : "";
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(firstLine);
  if (response) {
    const method = CSEQ_METHOD.exec(entry.octets)?.[1];
    const to = method === undefined ? "" : ` to ${method}`;
    return printable(`${response[1] ?? ""} ${(response[2] ?? "").slice(0, 30)}${to}${sdp}`);
  }
  const request = /^(\S+) (\S+) SIP\/2\.0$/.exec(firstLine);
  if (request) return printable(`${request[1] ?? ""} ${(request[2] ?? "").slice(0, 40)}${sdp}`);
  return `${entry.octets.length} octets, not SIP`;
}
