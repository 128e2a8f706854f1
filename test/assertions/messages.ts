import type { Registration, Trace, TracedMessage, TraceNote } from "../../src/simulator/index.ts";
import { SipRequest, SipResponse, type HeaderField, type SipMessage } from "../../src/sip/message/index.ts";

export function request(method: string, headers: readonly HeaderField[] = [], body?: string): SipRequest {
  const type: HeaderField[] = body === undefined ? [] : [["Content-Type", "application/sdp"]];
  return SipRequest.create({
    method,
    requestUri: "sip:cm.example.com",
    headers: [["Call-ID", "1"], ["CSeq", `1 ${method}`], ...headers, ...type],
    ...(body !== undefined && { body }),
  });
}

export function response(status: number, headers: readonly HeaderField[] = [], method = "REGISTER"): SipResponse {
  return SipResponse.create({ status, headers: [["Call-ID", "1"], ["CSeq", `1 ${method}`], ...headers] });
}

export const CHALLENGE: HeaderField = [
  "WWW-Authenticate",
  'Digest realm="ccmsipline", nonce="abc", algorithm=MD5, stale=false',
];

/** A registration of `sip:1001@10.0.0.1` with these responses, the last of them final. */
export function registration(...responses: SipResponse[]): Registration {
  const contact: HeaderField = ["Contact", "<sip:1001@10.0.0.1:5060>"];
  return {
    final: responses.at(-1)!,
    responses,
    requests: responses.map(() => request("REGISTER", [contact])),
    contacts: [],
  };
}

export interface Row {
  readonly sent?: SipMessage;
  readonly received?: SipMessage;
  readonly notes?: readonly TraceNote[];
}

export function traceOf(...rows: Row[]): Trace {
  const entries = rows.map(({ sent, received, notes = [] }, index): TracedMessage => {
    const message = (sent ?? received)!;
    return {
      index,
      at: index,
      direction: sent ? "sent" : "received",
      protocol: "udp",
      local: "10.0.0.1:5060",
      remote: "10.0.0.9:5060",
      octets: message.toOctets(),
      message,
      notes,
    };
  });
  return { entries, mark: () => ({ index: entries.length }), since: ({ index }) => traceOf(...rows.slice(index)) };
}
