import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { testData } from "../support/test-data.ts";

/** What mutations start from. */
export interface Seeds {
  /** Whole messages as octet strings, by origin: one picks the origin first, so that none drowns the others. */
  readonly pools: readonly (readonly string[])[];
  /** Words of the protocol, to put where they do not belong. */
  readonly words: readonly string[];
  /** Where they came from, for the report. */
  readonly origin: string;
}

const SDP = [
  "v=0",
  "o=- 3916 1 IN IP4 192.0.2.21",
  "s=-",
  "c=IN IP4 192.0.2.21",
  "t=0 0",
  "m=audio 20000 RTP/AVP 0 8 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-15",
  "m=video 20002 RTP/AVP 97",
  "a=rtpmap:97 H264/90000",
  "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1",
  "",
].join("\r\n");

const CREDENTIALS =
  'Digest username="swhite", realm="ccmsipline", uri="sip:ua@127.0.0.1", algorithm=MD5, ' +
  'nonce="mlQxZ1mhGBxYfdVLKyHdjCDIbfO5YgFr", response="dd3ba7be9c0fbbd84a26fe8ef0f1f6a8", qop=auth, nc=00000001, cnonce="7a"';

function message(startLine: string, method: string, lines: readonly string[] = [], body = ""): string {
  return [
    startLine,
    "Via: SIP/2.0/UDP 192.0.2.21:5062;branch=z9hG4bKseed;rport",
    "Max-Forwards: 70",
    'From: "Alice, Ltd." <sip:alice@192.0.2.21>;tag=a1',
    `To: <sip:ua@127.0.0.1>${startLine.startsWith("SIP/") ? ";tag=u1" : ""}`,
    "Call-ID: seed@192.0.2.21",
    `CSeq: 2 ${method}`,
    ...lines,
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

function request(method: string, lines: readonly string[] = [], body = ""): string {
  return message(`${method} sip:ua@127.0.0.1 SIP/2.0`, method, lines, body);
}

const CONTACT = "Contact: <sip:alice@192.0.2.21:5062>";
const IS_SDP = "Content-Type: application/sdp";

/** Enough to fuzz with where the test data is absent: each method and each kind of response once. */
export const BUILT_IN_SEEDS: readonly string[] = [
  request("INVITE", [CONTACT, "Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>", IS_SDP], SDP),
  request("INVITE", [CONTACT, "Supported: 100rel, timer", "Session-Expires: 1800;refresher=uac"]),
  request("REGISTER", [
    `${CONTACT};expires=3600;+sip.instance="<urn:uuid:1>"`,
    "Expires: 3600",
    `Authorization: ${CREDENTIALS}`,
  ]),
  request("OPTIONS", ["Accept: application/sdp", "Route: <sip:p1.example.com;lr>"]),
  request("BYE", ["Reason: Q.850;cause=16"]).replace("<sip:ua@127.0.0.1>\r\n", "<sip:ua@127.0.0.1>;tag=u1\r\n"),
  request("ACK"),
  request("CANCEL"),
  request("PRACK", ["RAck: 1 2 INVITE"]),
  request("UPDATE", [CONTACT, IS_SDP], SDP),
  request("SUBSCRIBE", [CONTACT, "Event: presence;id=1", "Expires: 600"]),
  request("NOTIFY", [CONTACT, "Event: message-summary", "Subscription-State: active;expires=60"]),
  request("REFER", [CONTACT, "Refer-To: <sip:bob@192.0.2.7?Replaces=1%40h%3Bto-tag%3D2%3Bfrom-tag%3D3>"]),
  request(
    "MESSAGE",
    ["Content-Type: multipart/mixed;boundary=b1"],
    "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1--\r\n",
  ),
  message("SIP/2.0 180 Ringing", "INVITE", [CONTACT, "RSeq: 1", "Require: 100rel"]),
  message("SIP/2.0 200 OK", "INVITE", [CONTACT, IS_SDP], SDP),
  message("SIP/2.0 401 Unauthorized", "REGISTER", [
    'WWW-Authenticate: Digest realm="ccmsipline", nonce="n", qop="auth,auth-int"',
  ]),
  message("SIP/2.0 302 Moved Temporarily", "INVITE", ['Contact: "B" <sip:b@h>;q=0.7, <tel:+19725552222>;q=0.1']),
];

const BUILT_IN_WORDS: readonly string[] = [
  ...["Via:", "From:", "To:", "Call-ID:", "CSeq:", "Contact:", "Content-Length:", "Route:", "Require:", "v:", "l: 5"],
  ...[
    "SIP/2.0",
    "SIP/2.0/UDP",
    "INVITE",
    "z9hG4bK",
    ";branch=",
    ";tag=",
    ";rport",
    ";received=",
    ";maddr=",
    ";lr",
    ";expires=",
  ],
  ...[
    "sip:",
    "sips:",
    "tel:",
    "<sip:",
    "@",
    "[::1]",
    "%00",
    "%0d%0a",
    "4294967296",
    "-1",
    "99999999999999999999",
    "*",
    "Digest ",
  ],
];

/** Our own seeds, and those of the test data where it is there. */
export function loadSeeds(): Seeds {
  const pools = [BUILT_IN_SEEDS, seedFiles(), protosCases()].filter((pool) => pool.length > 0);
  const dictionary = testData("fuzz", "belle-sip-afl-dict.txt");
  const words = dictionary === undefined ? [] : readFileSync(dictionary, "latin1").split(/\r?\n/).filter(Boolean);
  const found = pools.length > 1 ? "with those of the test data" : "the test data is absent";
  return { pools, words: [...BUILT_IN_WORDS, ...words], origin: `${pools.flat().length} seed messages (${found})` };
}

function seedFiles(): string[] {
  return ["pjsip-sip", "pjsip-sip-dialog", "sipgo"].flatMap((name) => {
    const folder = testData("fuzz", name);
    const files = folder === undefined ? [] : readdirSync(folder).sort();
    return files.map((file) => readFileSync(path.join(folder ?? "", file), "latin1"));
  });
}

function protosCases(): string[] {
  const file = testData("fuzz", "protos-register.jsonl");
  const lines = file === undefined ? [] : readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => Buffer.from((JSON.parse(line) as { b64: string }).b64, "base64").toString("latin1"));
}
