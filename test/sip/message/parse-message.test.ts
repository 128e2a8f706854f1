import { expect } from "chai";
import {
  frameLength,
  LIMITS,
  parseMessage,
  SipParseError,
  SipRequest,
  SipResponse,
  type Framing,
} from "../../../src/sip/message/index.ts";
import { edited, INVITE, OK, REGISTER } from "./sample-messages.ts";

function octets(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function refusal(given: Buffer, framing?: Framing): SipParseError {
  try {
    parseMessage(given, framing);
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("parseMessage", () => {
  it("reads what routing needs", () => {
    const message = parseMessage(octets(INVITE)) as SipRequest;
    expect(message).to.be.instanceOf(SipRequest);
    expect(message).to.include({
      method: "INVITE",
      requestUri: "sip:1003@192.0.2.10",
      fromTag: "ph-c1",
      toTag: undefined,
    });
    expect(message.callId).to.equal("call-1@198.51.100.21");
    expect(message.cseq).to.deep.equal({ number: 2, method: "INVITE" });
    expect(message.topVia).to.include({ branch: "z9hG4bKi2", sentBy: "198.51.100.21:5062", rport: true });
    expect(message.body.toString()).to.equal("v=0\r\n");
  });

  it("reads a response, with an empty reason too", () => {
    expect(parseMessage(octets(OK))).to.include({ status: 200, reason: "OK", toTag: "cm-1" });
    expect(parseMessage(edited(OK, "200 OK", "299 "))).to.include({ status: 299, reason: "" });
    expect(parseMessage(edited(OK, "SIP/2.0 200 OK", "sip/2.0 200 a  b = c\xd0\xbd"))).to.include({
      reason: "a  b = c\xd0\xbd",
    });
  });

  it("skips CRLFs before the start line", () => {
    const message = parseMessage(octets(`\r\n\r\n${INVITE}`));
    expect(message.toOctets().toString("latin1")).to.equal(INVITE);
  });

  it("copies nothing of a message that fills its octets", () => {
    const given = octets(INVITE);
    expect(parseMessage(given).received).to.equal(given);
  });

  describe("start line", () => {
    for (const [title, line, status] of [
      ["two spaces", "INVITE  sip:1003@192.0.2.10 SIP/2.0", 400],
      ["a tab", "INVITE\tsip:1003@192.0.2.10 SIP/2.0", 400],
      ["a space in the Request-URI", "INVITE sip:1003@192.0.2.10; lr SIP/2.0", 400],
      ["a space at its end", "INVITE sip:1003@192.0.2.10 SIP/2.0 ", 400],
      ["a space before it", " INVITE sip:1003@192.0.2.10 SIP/2.0", 400],
      ["no Request-URI", "INVITE SIP/2.0", 400],
      ["another version", "INVITE sip:1003@192.0.2.10 SIP/7.0", 505],
      ["a version with two digits", "INVITE sip:1003@192.0.2.10 SIP/2.00", 505],
    ] as const) {
      it(`with ${title} is refused with ${status}, and can be answered`, () => {
        const error = refusal(edited(INVITE, /^.*/, line));
        expect(error.status).to.equal(status);
        expect(error.partial).to.be.instanceOf(SipRequest);
        const response = SipResponse.to(error.partial!, error.status, { toTag: "x" });
        expect(parseMessage(response.toOctets())).to.include({ status, toTag: "x", callId: "call-1@198.51.100.21" });
      });
    }

    it("that is not SIP is refused without an answer", () => {
      for (const line of ["GET / HTTP/1.1", "INVITE sip:a@b", "hello", "INV\x01TE sip:a@b SIP/2.0"]) {
        expect(refusal(edited(INVITE, /^.*/, line)).partial, line).to.equal(undefined);
      }
    });

    it("takes the version in any case and a method in its own", () => {
      expect(parseMessage(edited(INVITE, /^.*/, "invite sip:a@b sip/2.0"))).to.include({ method: "invite" });
    });

    for (const line of [
      "SIP/2.0 200",
      "SIP/2.0 20 OK",
      "SIP/2.0 099 x",
      "SIP/2.0 700 x",
      "SIP/2.0  200 OK",
      "SIP/3.0 200 OK",
    ]) {
      it(`of a response is refused: ${JSON.stringify(line)}`, () => {
        expect(refusal(edited(OK, /^.*/, line)).partial?.kind).to.equal("response");
      });
    }
  });

  describe("header lines", () => {
    it("are unfolded at every fold", () => {
      const message = parseMessage(edited(INVITE, "Max-Forwards: 70", "Subject :\r\n  a\r\n\tb \r\n  \r\n c  \r\n "));
      expect(message.get("subject")).to.equal("a b c");
    });

    it("keep their octets, UTF-8 and obs-text alike", () => {
      const message = parseMessage(edited(INVITE, "Max-Forwards: 70", "X-Own:\t\xd0\xbd\xff\xa0 "));
      expect(message.get("X-Own")).to.equal("\xd0\xbd\xff\xa0");
    });

    for (const [title, line] of [
      ["without colon", "Max-Forwards 70"],
      ["without name", ": 70"],
      ["with a name that is no token", "Max<Forwards: 70"],
      ["with a bare LF", "Max-Forwards: 70\nX: y"],
      ["with a bare CR", "Max-Forwards: 70\rX: y"],
    ] as const) {
      it(`${title} are refused, and the request can be answered`, () => {
        const error = refusal(edited(INVITE, "Max-Forwards: 70", line));
        expect(error.status).to.equal(400);
        const response = SipResponse.to(error.partial!, 400).toOctets().toString("latin1");
        expect(response).to.include("\r\nCall-ID: call-1@198.51.100.21\r\n");
        expect(response.replaceAll("\r\n", "")).to.not.match(/[\r\n]/);
      });
    }

    it("with LF or CR line ends throughout are refused, and can be answered", () => {
      for (const end of ["\n", "\r"]) {
        const error = refusal(octets(INVITE.replaceAll("\r\n", end)));
        expect(error.partial?.get("Call-ID")).to.equal("call-1@198.51.100.21");
        expect(error.status).to.equal(400);
      }
    });

    it("beyond the limit are refused with 513", () => {
      const many = "X: y\r\n".repeat(LIMITS.headerLines);
      expect(refusal(edited(INVITE, "Max-Forwards: 70\r\n", many)).status).to.equal(513);
      const long = `X: ${"y".repeat(LIMITS.headOctets)}\r\n`;
      expect(refusal(edited(INVITE, "Max-Forwards: 70\r\n", long)).status).to.equal(513);
    });

    it("are found wherever they end", () => {
      for (let length = 3950; length < 4110; length += 1) {
        const message = parseMessage(edited(REGISTER, "Expires: 3600", `X-Own: ${"x".repeat(length)}\r\nExpires: 60`));
        expect([message.get("X-Own")?.length, message.expires]).to.deep.equal([length, 60]);
      }
    });

    it("with runs of bare line ends are refused; the answer knows the headers behind them", () => {
      const { partial, problem } = refusal(edited(REGISTER, "Max-Forwards: 70\r\n", "Max-Forwards: 70\n\r\r\n"));
      expect(problem).to.equal("bare CR or LF");
      expect([partial?.get("Max-Forwards"), partial?.get("Expires")]).to.deep.equal(["70", "3600"]);
    });

    it("without the empty line behind them are refused", () => {
      expect(refusal(octets(REGISTER.slice(0, -2))).status).to.equal(400);
      expect(refusal(octets(REGISTER.slice(0, 40))).status).to.equal(400);
    });
  });

  it("refuses a bare CR that would hide a header from us", () => {
    expect(refusal(edited(INVITE, "Max-Forwards: 70", "Max-Forwards: 70\r\rX: y")).problem).to.equal("bare CR or LF");
    expect(refusal(edited(INVITE, "Max-Forwards: 70", "Max-Forwards: 70\nX: y")).problem).to.equal("bare CR or LF");
  });

  describe("Content-Length", () => {
    it("larger than a datagram holds is refused", () => {
      const error = refusal(edited(INVITE, "Content-Length: 5", "Content-Length: 6"));
      expect(error).to.include({ status: 400 });
      expect(error.partial?.kind).to.equal("request");
    });

    it("smaller than a datagram holds ends the message there", () => {
      const message = parseMessage(edited(INVITE, "Content-Length: 5", "l:\r\n 003"));
      expect(message.body.toString()).to.equal("v=0");
      expect(message.toOctets().toString()).to.match(/v=0$/);
    });

    it("missing: the body runs to the end of a datagram; on a stream the message is refused", () => {
      const given = edited(INVITE, "Content-Length: 5\r\n", "");
      expect(parseMessage(given).body.length).to.equal(5);
      expect(refusal(given, "stream").status).to.equal(400);
    });

    for (const value of ["-5", "5x", "", "0x5", "5, 5", "99999999999999999999", "+5", "5.0"]) {
      it(`${JSON.stringify(value)} is refused`, () => {
        expect(refusal(edited(INVITE, "Content-Length: 5", `Content-Length: ${value}`)).status).to.equal(400);
      });
    }

    it("twice with two values is refused", () => {
      expect(refusal(edited(INVITE, "Content-Length: 5", "Content-Length: 5\r\nl: 4")).status).to.equal(400);
      expect(parseMessage(edited(INVITE, "Content-Length: 5", "Content-Length: 5\r\nl: 05")).body.length).to.equal(5);
    });
  });
});

describe("frameLength", () => {
  it("is unknown until the head is complete", () => {
    for (let length = 0; length < INVITE.length - 5; length += 1) {
      expect(frameLength(octets(INVITE.slice(0, length))), String(length)).to.equal(undefined);
    }
  });

  it("counts leading CRLFs, head and body of the first message only", () => {
    expect(frameLength(octets(`\r\n${INVITE}${OK}`))).to.equal(INVITE.length + 2);
    expect(frameLength(octets(INVITE.slice(0, -5)))).to.equal(INVITE.length);
  });

  for (const [title, line] of [
    ["missing", "X: y"],
    ["malformed", "Content-Length: -1"],
    ["contradictory", "Content-Length: 5\r\nContent-Length: 6"],
  ] as const) {
    it(`is lost where Content-Length is ${title}; the request can still be answered`, () => {
      expect(() => frameLength(edited(INVITE, "Content-Length: 5", line)))
        .to.throw(SipParseError)
        .that.has.property("partial")
        .that.is.instanceOf(SipRequest);
    });
  }

  it("is lost with 513 beyond the limits", () => {
    const tooLong = edited(INVITE, "Content-Length: 5", `Content-Length: ${LIMITS.messageOctets}`);
    expect(() => frameLength(tooLong))
      .to.throw(SipParseError)
      .with.property("status", 513);
    expect(() => frameLength(octets("x".repeat(LIMITS.headOctets + 1))))
      .to.throw(SipParseError)
      .with.property("status", 513);
  });
});
