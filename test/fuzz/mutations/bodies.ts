import type { Dice } from "../dice.ts";
import { partsOf, withBody, withHeader } from "../message-text.ts";
import { rows, type Mutation } from "./mutation.ts";

const SOUND = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

/** Changes the SDP there is, or a sound one that is put there. */
function changes(change: (sdp: string, dice: Dice) => string): Mutation["apply"] {
  return (message, dice) => {
    const { body } = partsOf(message);
    return withBody(message, change(body.startsWith("v=") ? body : SOUND, dice));
  };
}

function addsLine(lines: readonly string[]): Mutation["apply"] {
  return changes((sdp, dice) => `${sdp}${dice.pick(lines)}\r\n`);
}

function nested(depth: number): string {
  let body = "Content-Type: text/plain\r\n\r\nx\r\n";
  for (let level = 0; level < depth; level += 1) {
    body = `Content-Type: multipart/mixed;boundary=b${level}\r\n\r\n--b${level}\r\n${body}--b${level}--\r\n`;
  }
  return body;
}

/** What stands in bodies. */
export const BODIES: readonly Mutation[] = [
  {
    name: "SDP lines out of order",
    rows: rows(99),
    apply: changes((sdp, dice) => {
      const lines = sdp.split("\r\n").filter(Boolean);
      for (let index = lines.length - 1; index > 0; index -= 1) {
        const other = dice.below(index + 1);
        [lines[index], lines[other]] = [lines[other] ?? "", lines[index] ?? ""];
      }
      return `${lines.join("\r\n")}\r\n`;
    }),
  },
  {
    name: "SDP line taken away",
    apply: changes((sdp, dice) =>
      sdp
        .split("\r\n")
        .filter(() => !dice.chance(15))
        .join("\r\n"),
    ),
  },
  { name: "v=1", rows: rows(101), apply: changes((sdp) => sdp.replace("v=0", "v=1")) },
  {
    name: "o= of odd numbers",
    apply: changes((sdp, dice) =>
      sdp.replace(/o=.*/, dice.pick(["o=", "o=- -1 18446744073709551616 IN IP4 h", "o=- x y IN IP9 h", "o=a b c d"])),
    ),
  },
  { name: "c= missing everywhere", rows: rows(103), apply: changes((sdp) => sdp.replace(/^c=.*\r\n/gm, "")) },
  {
    name: "c= of a strange kind",
    apply: changes((sdp, dice) =>
      sdp.replace(/^c=.*/gm, () =>
        dice.pick(["c=IN IP4", "c=IN IP6 ::1/127/3", "c=IN IP4 224.2.1.1/127/999999", "c=x"]),
      ),
    ),
  },
  { name: "port 0 for all media", rows: rows(105), apply: changes((sdp) => sdp.replace(/^(m=\w+) \d+/gm, "$1 0")) },
  {
    name: "m= of odd port, count or protocol",
    apply: changes((sdp, dice) =>
      sdp.replace(/^m=.*/gm, () =>
        dice.pick([
          "m=audio -1 RTP/AVP 0",
          "m=audio 4000/99999999999 RTP/AVP 0",
          "m=audio 65536 RTP/AVP 0",
          "m=audio",
          "m=audio 1 X",
          "m= 1 RTP/AVP",
        ]),
      ),
    ),
  },
  {
    name: "500 payload types, some twice",
    rows: rows(107),
    apply: addsLine([`m=audio 4 RTP/AVP ${Array.from({ length: 500 }, (_, index) => index % 250).join(" ")}`]),
  },
  {
    name: "many m= lines",
    apply: changes((sdp, dice) => sdp + "m=video 5 RTP/AVP 97\r\n".repeat(dice.pick([20, 128, 129, 1500]))),
  },
  {
    name: "rtpmap for a number not in m=",
    rows: rows(109),
    apply: addsLine([
      "a=rtpmap:77 X/8000",
      "a=fmtp:77 x",
      "a=rtpmap:0",
      "a=rtpmap:x y",
      "a=rtpmap:0 PCMU/0",
      "a=rtpmap:0 /",
    ]),
  },
  {
    name: "media types in another order",
    rows: rows(111),
    apply: changes((sdp) => sdp.replace(/m=(\w+)/g, (_, kind: string) => `m=${kind === "audio" ? "video" : "audio"}`)),
  },
  {
    name: "directions at both levels",
    rows: rows(113),
    apply: changes((sdp) =>
      sdp.replace("t=0 0\r\n", "t=0 0\r\na=inactive\r\na=sendonly\r\n").concat("a=recvonly\r\na=sendrecv\r\n"),
    ),
  },
  {
    name: "crypto line that is none",
    rows: rows(115),
    apply: addsLine([
      "a=crypto:0 AES_CM_128_HMAC_SHA1_80 inline:AA==",
      "a=crypto:x y z",
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***",
      "a=crypto:",
    ]),
  },
  {
    name: "BUNDLE of unknown or repeated mids",
    rows: rows(117),
    apply: addsLine(["a=group:BUNDLE 1 1 nobody", "a=mid:", "a=group:"]),
  },
  {
    name: "LF only, no last line end, blanks, blank line inside",
    rows: rows(119),
    apply: changes((sdp, dice) =>
      dice.pick([
        sdp.replaceAll("\r\n", "\n"),
        sdp.trimEnd(),
        sdp.replaceAll("\r\n", " \r\n"),
        sdp.replace("t=0 0\r\n", "t=0 0\r\n\r\n"),
        sdp.replaceAll("\r\n", "\r"),
      ]),
    ),
  },
  {
    name: "one line of many octets",
    apply: addsLine([`a=${"x".repeat(8000)}`, `a=fmtp:0 ${"a=1;".repeat(5000)}`, `s=${"y".repeat(30_000)}`]),
  },
  {
    name: "multipart without boundary, never closed, nested 50 deep",
    rows: rows(121),
    apply: (message, dice) => {
      const type = dice.pick([
        "multipart/mixed",
        "multipart/mixed;boundary=b",
        'multipart/mixed;boundary="',
        "multipart/mixed;boundary=",
      ]);
      return withBody(message, dice.pick(["--b\r\n\r\nx", nested(50), "--b--", ""]), type);
    },
  },
  {
    name: "Content-Type that is none",
    apply: (message, dice) =>
      withHeader(
        message,
        "Content-Type",
        dice.pick(["", "/", "application", "application/", "a/b;c", 'a/b;c="', "*/*"]),
      ),
  },
  {
    name: "Content-Encoding unknown",
    apply: (message) => withHeader(message, "Content-Encoding", "gzip, nothing"),
  },
];
