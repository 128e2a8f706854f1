import { SipParseError } from "../../src/sip/message/index.ts";
import { StreamFramer } from "../../src/sip/transport/stream-framer.ts";
import type { Dice } from "./dice.ts";
import { edited, setHeader, withBody, withStartLine } from "./message-text.ts";
import { readAsUserAgent } from "./parser-target.ts";
import { BUILT_IN_SEEDS } from "./seeds.ts";

export interface Growth {
  readonly title: string;
  /** The work on an input of about so many octets; making the input is not part of it. */
  prepare(octets: number): () => void;
}

const HEADERS = [
  ...["Via", "From", "To", "Contact", "Route", "Record-Route", "Call-ID", "CSeq", "Content-Type", "Content-Length"],
  ...[
    "Max-Forwards",
    "Expires",
    "Require",
    "Accept",
    "Authorization",
    "WWW-Authenticate",
    "Event",
    "RAck",
    "Refer-To",
    "X-Own",
  ],
];
const BITS = [
  ...[
    "<",
    ">",
    '"',
    "\\",
    ",",
    ";",
    "=",
    "@",
    ":",
    "?",
    "&",
    "%",
    "%41",
    "[",
    "]",
    "(",
    ")",
    "/",
    " ",
    "\t",
    "\0",
    "\xff",
    "a",
    "1",
  ],
  ...["sip:a@b", "<sip:a@b>", "SIP/2.0/UDP h;branch=z9hG4bKx", "a=b", "tag=", '"x"', "Digest ", "\r\n ", "::"],
];
const LINES = [
  "X: y",
  "Via: SIP/2.0/UDP h;branch=z9hG4bK1",
  "Contact: <sip:a@h>",
  "Route: <sip:h;lr>",
  "Require: x",
  " folded",
  "v:",
  ":",
  "x",
];
const SDP_LINES = [
  "a=sendrecv",
  "a=rtpmap:0 PCMU/8000",
  "m=audio 4 RTP/AVP 0",
  "c=IN IP4 h",
  "b=AS:1",
  "a=fmtp:0 a=1;b=2",
  "t=0 0",
  "x",
];
const SEGMENTS = [1, 7, 1460];

/** A shape of input and how it grows; which one, the dice say. */
export function growthOf(dice: Dice): Growth {
  const shape = dice.pick([valueGrowth, linesGrowth, startLineGrowth, bodyGrowth, streamGrowth]);
  return shape(dice, dice.pick(BUILT_IN_SEEDS));
}

function valueGrowth(dice: Dice, message: string): Growth {
  const name = dice.pick(HEADERS);
  const filler = Array.from({ length: dice.between(1, 3) }, () => dice.pick(BITS)).join("");
  const before = dice.pick(["", '"', "<", "<sip:", "<sip:a@b>;", "Digest a=", "a"]);
  return ofMessage(`${name}: ${before}, then ${JSON.stringify(filler)} again and again`, (octets) =>
    edited(message, (parts) => {
      setHeader(parts, name, before + repeated(filler, octets));
    }),
  );
}

function linesGrowth(dice: Dice, message: string): Growth {
  const line = dice.pick(LINES);
  return ofMessage(`more and more lines ${JSON.stringify(line)}`, (octets) =>
    edited(message, (parts) => parts.lines.push(repeated(`${line}\r\n`, octets).trimEnd())),
  );
}

function startLineGrowth(dice: Dice, message: string): Growth {
  const filler = dice.pick(BITS);
  return ofMessage(`a start line with ${JSON.stringify(filler)} again and again`, (octets) =>
    withStartLine(message, ([first = "", ...rest]) => [first, repeated(filler, octets), ...rest].join(" ")),
  );
}

function bodyGrowth(dice: Dice, message: string): Growth {
  const line = dice.pick(SDP_LINES);
  return ofMessage(`SDP with more and more lines ${line}`, (octets) =>
    withBody(message, `v=0\r\n${repeated(`${line}\r\n`, octets)}`),
  );
}

/** A stream of messages, pings or octets without end of head, cut into segments of one size. */
function streamGrowth(dice: Dice, message: string): Growth {
  const what = dice.pick(["messages", "pings", "one head", "one body"]);
  const segmentOctets = dice.pick(SEGMENTS);
  return {
    title: `a stream of ${what} in segments of ${segmentOctets} octets`,
    prepare(octets) {
      const stream = Buffer.from(streamOf(what, message, octets), "latin1");
      return () => {
        frame(stream, segmentOctets);
      };
    },
  };
}

function streamOf(what: string, message: string, octets: number): string {
  if (what === "messages") return repeated(message, octets);
  if (what === "pings") return repeated("\r\n\r\n", octets);
  if (what === "one head") return `OPTIONS sip:a SIP/2.0\r\n${repeated("X: y\r\n", octets)}`;
  return withBody(message, repeated("x", octets));
}

function frame(stream: Buffer, segmentOctets: number): void {
  const framer = new StreamFramer({ message: readAsUserAgent, ping: () => undefined, broken: () => undefined });
  try {
    for (let at = 0; at < stream.length; at += segmentOctets) framer.push(stream.subarray(at, at + segmentOctets));
    framer.finish();
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
  }
}

function ofMessage(title: string, make: (octets: number) => string): Growth {
  return {
    title,
    prepare(octets) {
      const message = Buffer.from(make(octets), "latin1");
      return () => {
        readAsUserAgent(message);
      };
    },
  };
}

function repeated(text: string, octets: number): string {
  return text.repeat(Math.ceil(octets / text.length));
}
