import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Octets of a message, and where it comes from. */
export interface SampleMessage {
  readonly source: string;
  readonly octets: Buffer;
}

const REGISTER = [
  "REGISTER sip:10.255.55.81 SIP/2.0",
  "Via: SIP/2.0/UDP 10.255.55.114:5060;branch=z9hG4bK3e1f0c5c;rport",
  "Max-Forwards: 70",
  'From: "Samuel White" <sip:swhite@10.255.55.81>;tag=0004f2aab1c40002',
  "To: <sip:swhite@10.255.55.81>",
  "Call-ID: 0004f2aa-b1c40002-7fd4a3c2@10.255.55.114",
  "CSeq: 102 REGISTER",
  "Contact: <sip:swhite@10.255.55.114:5060;transport=udp>;expires=3600",
  "User-Agent: Example Phone 8800/4.2",
  'Authorization: Digest username="swhite",realm="ccmsipline",uri="sip:10.255.55.81",' +
    'response="dd3ba7be9c0fbbd84a26fe8ef0f1f6a8",nonce="mlQxZ1mhGBxYfdVLKyHdjCDIbfO5YgFr",algorithm=MD5',
  "Supported: replaces, path, outbound",
  "Content-Length: 0",
  "",
  "",
];

const SDP = [
  "v=0",
  "o=Example 2890844526 0 IN IP4 10.255.55.114",
  "s=SIP Call",
  "c=IN IP4 10.255.55.114",
  "t=0 0",
  "m=audio 24834 RTP/AVP 0 8 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
  "",
].join("\r\n");

const INVITE = [
  "INVITE sip:2001@10.255.55.81;user=phone SIP/2.0",
  "Via: SIP/2.0/UDP 10.255.55.114:5060;branch=z9hG4bK5c2a9d70;rport",
  "Max-Forwards: 70",
  'From: "Samuel White" <sip:2000@10.255.55.81>;tag=0004f2aab1c40003',
  "To: <sip:2001@10.255.55.81>",
  "Call-ID: 0004f2aa-b1c40003-1b2c3d4e@10.255.55.114",
  "CSeq: 101 INVITE",
  "Contact: <sip:2000@10.255.55.114:5060;transport=udp>",
  "User-Agent: Example Phone 8800/4.2",
  "Expires: 180",
  "Allow: ACK, BYE, CANCEL, INVITE, NOTIFY, OPTIONS, REFER, REGISTER, UPDATE, SUBSCRIBE, INFO",
  "Supported: replaces, norefersub, timer, 100rel",
  "Content-Type: application/sdp",
  `Content-Length: ${SDP.length}`,
  "",
  SDP,
];

const OK = [
  "SIP/2.0 200 OK",
  "Via: SIP/2.0/UDP 10.255.55.114:5060;branch=z9hG4bK5c2a9d70;rport=5060;received=10.255.55.114",
  'From: "Samuel White" <sip:2000@10.255.55.81>;tag=0004f2aab1c40003',
  "To: <sip:2001@10.255.55.81>;tag=6f1f2c73-41a5",
  "Call-ID: 0004f2aa-b1c40003-1b2c3d4e@10.255.55.114",
  "CSeq: 101 INVITE",
  "Record-Route: <sip:10.255.55.81;lr>",
  "Contact: <sip:2001@10.255.55.81:5060>",
  "User-Agent: Example Phone 7800/1.1",
  "Allow: ACK, BYE, CANCEL, INVITE, NOTIFY, OPTIONS, REFER, REGISTER, UPDATE, SUBSCRIBE, INFO",
  "Supported: replaces",
  "Content-Type: application/sdp",
  `Content-Length: ${SDP.length}`,
  "",
  SDP,
];

/** What phones send all day. */
export function typicalMessages(): SampleMessage[] {
  return [REGISTER, INVITE, OK].map((lines) => ({
    source: lines[0] ?? "",
    octets: Buffer.from(lines.join("\r\n"), "latin1"),
  }));
}

const DATA = process.env["OFFHOOK_TEST_DATA"] ?? path.resolve(import.meta.dirname, "../../shared/data");

/** The messages of the captures in the test data; none where that is absent. */
export function capturedMessages(): SampleMessage[] {
  const folder = path.join(DATA, "traces", "messages");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => {
      const lines = readFileSync(path.join(folder, name), "utf8").trim().split("\n");
      return lines.map((line) => {
        const { n, raw_b64 } = JSON.parse(line) as { n: number; raw_b64: string };
        return { source: `${name}:${n}`, octets: Buffer.from(raw_b64, "base64") };
      });
    });
}
