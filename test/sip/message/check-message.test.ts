import { expect } from "chai";
import { checkMessage, parseMessage } from "../../../src/sip/message/index.ts";
import { edited, INVITE, OK, REGISTER } from "./sample-messages.ts";

function problem(octets: Buffer): string | undefined {
  return checkMessage(parseMessage(octets))?.problem;
}

/** Sound message, what to replace, replacement; each makes a message that a UAS refuses with 400. */
const REFUSED: readonly (readonly [title: string, message: string, from: string | RegExp, to: string])[] = [
  ["no Via", REGISTER, /Via.*\r\n/, ""],
  ["no To", REGISTER, /To:.*\r\n/, ""],
  ["no From", REGISTER, /From.*\r\n/, ""],
  ["no Call-ID", REGISTER, /Call-ID.*\r\n/, ""],
  ["no CSeq", REGISTER, /CSeq.*\r\n/, ""],
  ["two To", REGISTER, "To: ", "t: <sip:a@b>\r\nTo: "],
  ["two From", REGISTER, "From: ", "From: <sip:a@b>;tag=1\r\nFrom: "],
  ["two Call-ID", REGISTER, "Call-ID: ", "i: x\r\nCall-ID: "],
  ["two CSeq", REGISTER, "CSeq: ", "CSeq: 1 REGISTER\r\nCSeq: "],
  ["two Max-Forwards", REGISTER, "Max-Forwards: ", "Max-Forwards: 70\r\nMax-Forwards: "],
  ["two equal Content-Length", REGISTER, "Content-Length: ", "l: 0\r\nContent-Length: "],
  ["CSeq without method", REGISTER, "1 REGISTER", "1"],
  ["CSeq of another method", REGISTER, "1 REGISTER", "1 register"],
  ["CSeq 2^32", REGISTER, "1 REGISTER", "4294967296 REGISTER"],
  ["CSeq beyond 64 bits", REGISTER, "1 REGISTER", "36893488147419103232 REGISTER"],
  ["CSeq that is no number", REGISTER, "1 REGISTER", "1x REGISTER"],
  ["Max-Forwards 256", REGISTER, "Max-Forwards: 70", "Max-Forwards: 256"],
  ["Max-Forwards -1", REGISTER, "Max-Forwards: 70", "Max-Forwards: -1"],
  ["Call-ID with a space", REGISTER, "reg-1002-a1@", "reg 1002@"],
  ["Call-ID with two @", REGISTER, "reg-1002-a1@", "reg@1002@"],
  ["empty Call-ID", REGISTER, /Call-ID: .*/, "Call-ID:"],
  ["unterminated quote in To", REGISTER, "To: ", 'To: "a '],
  ["empty tag", REGISTER, ";tag=ph-1002", ";tag="],
  ["tag without value", REGISTER, ";tag=ph-1002", ";tag"],
  ["quoted tag that is no token", REGISTER, ";tag=ph-1002", ';tag="a b"'],
  ["display name that needs quotes", REGISTER, "From: ", "From: Bell, Alexander "],
  ["blanks inside the brackets", REGISTER, "To: <sip:1002@192.0.2.10>", "To: < sip:1002@192.0.2.10 >"],
  ["brackets round the Request-URI", REGISTER, "sip:192.0.2.10 SIP", "<sip:192.0.2.10> SIP"],
  ["headers in the Request-URI", REGISTER, "sip:192.0.2.10 SIP", "sip:192.0.2.10?Route=%3Csip:a%3E SIP"],
  ["IPv6 without brackets in the Request-URI", REGISTER, "sip:192.0.2.10 SIP", "sip:2001:db8::10 SIP"],
  ["port 0 in the Request-URI", REGISTER, "sip:192.0.2.10 SIP", "sip:192.0.2.10:0 SIP"],
  ["port 65536 in the Via", REGISTER, ":5062;branch", ":65536;branch"],
  ["empty parameters in a Via", REGISTER, "branch=z9hG4bKr1;rport", ";,;,,"],
  ["a Via without host", REGISTER, "198.51.100.21:5062;branch", ";branch"],
  ["branch without value", REGISTER, "branch=z9hG4bKr1", "branch"],
  ["ttl 256 in the Via", REGISTER, "rport", "ttl=256"],
  ["empty parameters in Contact", REGISTER, ":5062>\r\n", ":5062>;;;;\r\n"],
  [
    "a question mark in Contact without brackets",
    REGISTER,
    /<(.*)>\r\nExpires/,
    "sip:a@b?Route=%3Csip:c%3E\r\nExpires",
  ],
  ["Contact * beside another", REGISTER, "Contact: ", "Contact: *\r\nContact: "],
  ["Contact * outside REGISTER", INVITE, /Contact: .*/, "Contact: *"],
  ["no Contact in INVITE", INVITE, /Contact: .*\r\n/, ""],
  ["two Contacts in INVITE", INVITE, "Contact: ", "Contact: <sip:a@b>, "],
  ["Contact of another scheme in INVITE", INVITE, /Contact: .*/, "Contact: <tel:1002>"],
  ["Route without brackets", INVITE, "Max-Forwards", "Route: sip:p1;lr\r\nMax-Forwards"],
  ["a broken Record-Route", INVITE, "<sip:p2.example.com;lr>", "<sip:p2.example.com;lr"],
  ["an empty Require", INVITE, "Max-Forwards", "Require:\r\nMax-Forwards"],
  ["a broken Proxy-Require", INVITE, "Max-Forwards", "Proxy-Require: a,,b\r\nMax-Forwards"],
  ["a body without Content-Type", INVITE, /Content-Type: .*\r\n/, ""],
  ["a broken Content-Type", INVITE, "application/sdp", "application"],
  ["SUBSCRIBE without Event", INVITE.replaceAll("INVITE", "SUBSCRIBE"), "v=0", "v=0"],
  ["NOTIFY without Subscription-State", INVITE.replaceAll("INVITE", "NOTIFY"), "Allow: BYE", "Event: a"],
  ["REFER without Refer-To", INVITE.replaceAll("INVITE", "REFER"), "Allow: BYE", "Allow: BYE"],
  ["REFER with a broken Refer-To", INVITE.replaceAll("INVITE", "REFER"), "Allow: BYE", "r: <1003>"],
  ["PRACK without RAck", INVITE.replaceAll("INVITE", "PRACK"), "v=0", "v=0"],
  ["PRACK with a broken RAck", INVITE.replaceAll("INVITE", "PRACK"), "Allow: BYE", "RAck: 1 INVITE"],
];

const SOUND: readonly (readonly [title: string, message: string, from: string | RegExp, to: string])[] = [
  ["leading zeros", REGISTER, "1 REGISTER", "0000000001 REGISTER"],
  ["CSeq 2^32-1 and 0", REGISTER, "1 REGISTER", "4294967295\t REGISTER"],
  ["Max-Forwards 0", REGISTER, "Max-Forwards: 70", "Max-Forwards: 0"],
  ["no Max-Forwards (RFC 2543)", REGISTER, /Max-Forwards.*\r\n/, ""],
  ["no From tag (RFC 2543)", REGISTER, ";tag=ph-1002", ""],
  ["a Date in another zone, which is ignored", REGISTER, "Expires", "Date: Fri, 01 Jan 2010 16:00:00 EST\r\nExpires"],
  ["an Expires out of range, which counts as absent", REGISTER, "Expires: 3600", "Expires: 10000000000000000000"],
  ["a Warning that is malformed", REGISTER, "Expires", 'Warning: 1812 overture "In Progress"\r\nExpires'],
  ["an empty Supported", REGISTER, "Expires", "Supported:\r\nExpires"],
  [
    "an unknown scheme as Request-URI",
    REGISTER,
    "sip:192.0.2.10 SIP",
    "nobodyKnowsThisScheme:totallyopaquecontent SIP",
  ],
  [
    "unknown schemes in To, From and Contact",
    REGISTER,
    /From[^]*\r\nCall-ID/,
    "From: <http://www.example.com>;tag=3\r\nTo: isbn:2983792873\r\nm: <name:John_Smith>\r\nCall-ID",
  ],
  ["Contact * alone in REGISTER", REGISTER, /Contact: .*/, "Contact: *"],
  ["escaped headers in a bracketed Contact", REGISTER, "1002@198.51.100.21:5062>", "a@b?Route=%3Csip:c%3E>"],
  [
    "user parts with separators",
    REGISTER,
    "To: <sip:1002@",
    "To: <sip:1_u.~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,w*pas$wo~d_too.(doesn't-it)@",
  ],
  ["NUL in a user part, escaped", REGISTER, "To: <sip:1002@", "To: <sip:null-%00-null@"],
  ["NUL and control characters in a quoted pair", REGISTER, "To: ", 'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" '],
  ["tokens as display name", REGISTER, "From: ", "From: token1~` token2'+_\t token3*%!.- "],
  [
    "percent signs that are no escapes",
    REGISTER,
    /Via.*/,
    "Via: SIP/2.0/TCP host.example.com;branch=z9hG4bK209%fzsnel234",
  ],
  [
    "a Call-ID of all word characters",
    REGISTER,
    "reg-1002-a1@",
    "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{".replace("@", "-") + "@",
  ],
  ["a third colon before an embedded IPv4 address", REGISTER, "sip:192.0.2.10 SIP", "sip:[2001:db8:::192.0.2.1] SIP"],
  ["a port that IPv6 brackets swallow", REGISTER, "sip:192.0.2.10 SIP", "sip:[2001:db8::10:5070] SIP"],
  ["an IPv4-mapped address", REGISTER, "198.51.100.21:5062;branch", "[::ffff:192.0.2.2]:5060;branch"],
  ["no Contact where the branch has no cookie (RFC 2543)", INVITE.replace("z9hG4bKi2", "1"), /Contact: .*\r\n/, ""],
  ["no Contact in ACK", INVITE.replaceAll("INVITE", "ACK"), /Contact: .*\r\n/, ""],
  [
    "a REFER with a content id (RFC 2392)",
    INVITE.replaceAll("INVITE", "REFER"),
    "Allow: BYE",
    "Refer-To: <cid:a1b2@198.51.100.21>",
  ],
  ["a NOTIFY", INVITE.replaceAll("INVITE", "NOTIFY"), "Allow: BYE", "o: a.b;id=1\r\nSubscription-State: active"],
  ["a PRACK", INVITE.replaceAll("INVITE", "PRACK"), "Allow: BYE", "RAck: 776656  1 INVITE"],
];

describe("checkMessage", () => {
  it("finds nothing wrong with sound messages", () => {
    for (const message of [INVITE, REGISTER, OK]) expect(problem(Buffer.from(message))).to.equal(undefined);
  });

  describe("refuses a request with", () => {
    for (const [title, message, from, to] of REFUSED) {
      it(title, () => {
        const octets = from === to ? Buffer.from(message) : edited(message, from, to);
        const error = checkMessage(parseMessage(octets));
        expect(error?.status, String(error)).to.equal(400);
        expect(error?.partial?.kind).to.equal("request");
      });
    }
  });

  describe("takes", () => {
    for (const [title, message, from, to] of SOUND) {
      it(title, () => {
        expect(problem(edited(message, from, to))).to.equal(undefined);
      });
    }
  });

  describe("of a response", () => {
    it("refuses a 2xx to INVITE without Contact, or with two", () => {
      expect(problem(edited(OK, /Contact.*\r\n/, ""))).to.equal("Contact missing");
      expect(problem(edited(OK, "Contact: ", "Contact: <sip:a@b>, "))).to.match(/exactly one Contact/);
    });

    it("takes a 1xx, a 3xx and a 2xx to another method without or with several Contacts", () => {
      expect(problem(edited(OK.replace("200 OK", "180 Ringing"), /Contact.*\r\n/, ""))).to.equal(undefined);
      expect(problem(edited(OK.replace("200 OK", "302 x"), "Contact: ", "Contact: <sip:a@b>, "))).to.equal(undefined);
      expect(problem(edited(OK.replace("2 INVITE", "2 BYE"), /Contact.*\r\n/, ""))).to.equal(undefined);
    });

    it("refuses a CSeq out of range", () => {
      expect(problem(edited(OK, "CSeq: 2", "CSeq: 9292394834772304023312"))).to.equal("CSeq malformed");
    });
  });
});
