import { expect } from "chai";
import fc from "fast-check";
import { UsageError } from "../../../src/core/errors.ts";
import {
  HeaderLine,
  parseMessage,
  SipParseError,
  SipRequest,
  SipResponse,
  type HeaderField,
} from "../../../src/sip/message/index.ts";
import { LIMITS } from "../../../src/sip/message/limits.ts";
import { edited, INVITE, OK, REGISTER } from "./sample-messages.ts";

function invite(): SipRequest {
  return parseMessage(Buffer.from(INVITE, "latin1")) as SipRequest;
}

function names(message: { headers: readonly { name: string }[] }): string[] {
  return message.headers.map((line) => line.name);
}

describe("SipMessage", () => {
  describe("reading", () => {
    it("finds a header by any spelling of its name", () => {
      const message = parseMessage(edited(INVITE, "Call-ID", "I"));
      expect(message.get("call-id")).to.equal("call-1@198.51.100.21");
      expect(message.get("i")).to.equal("call-1@198.51.100.21");
      expect([message.has("CALL-ID"), message.has("x-own")]).to.deep.equal([true, false]);
      expect(names(message)[5]).to.equal("I");
    });

    it("keeps unknown headers apart, and never splits them", () => {
      const message = parseMessage(edited(INVITE, "Timestamp: 54", "X-A: 1, 2\r\nx-b: 3\r\nX-a: 4"));
      expect(message.getAll("x-A")).to.deep.equal(["1, 2", "4"]);
      expect(message.list("X-A")).to.deep.equal(["1, 2", "4"]);
      expect(message.get("X-B")).to.equal("3");
    });

    it("joins the lines of a list header in order, long and compact alike", () => {
      const message = parseMessage(
        edited(INVITE, "Record-Route", 'm: "A, B" <sip:a,b@c>;x="d,e", sip:f@g\r\nRecord-Route'),
      );
      expect(message.list("Contact")).to.deep.equal([
        '"A, B" <sip:a,b@c>;x="d,e"',
        "sip:f@g",
        "<sip:1002@198.51.100.21:5062>",
      ]);
      expect(message.list("Allow")).to.deep.equal(["INVITE", "ACK", "CANCEL", "BYE"]);
      expect(message.list("Supported")).to.deep.equal([]);
    });

    it("never splits challenges and credentials", () => {
      const line = 'Digest realm="a", nonce="b"';
      const message = SipResponse.create({ status: 401, headers: [["WWW-Authenticate", line]] });
      expect(message.list("WWW-Authenticate")).to.deep.equal([line]);
    });

    it("parses Via, addresses and CSeq once", () => {
      const message = invite();
      expect(message.from).to.equal(message.from);
      expect(message.topVia).to.equal(message.topVia);
      expect(message.vias.map((via) => via.sentBy)).to.deep.equal(["198.51.100.21:5062", "[2001:db8::1]:5070"]);
      expect(message.from.displayName).to.equal("Alice, Ltd.");
    });

    it("throws where a header it is asked for is missing or broken", () => {
      const message = SipRequest.create({ method: "OPTIONS", requestUri: "sip:h", headers: [["To", '"a']] });
      for (const get of ["callId", "cseq", "from", "to", "topVia"] as const) {
        expect(() => message[get], get).to.throw(SipParseError);
      }
      expect([message.fromTag, message.toTag, message.expires, message.contentType]).to.deep.equal([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
    });

    it("reads Expires as seconds, and as absent where it is malformed", () => {
      expect(parseMessage(Buffer.from(REGISTER)).expires).to.equal(3600);
      for (const value of ["", "-1", "4294967296", "1h", "1.5"]) {
        expect(parseMessage(edited(REGISTER, "Expires: 3600", `Expires: ${value}`)).expires, value).to.equal(undefined);
      }
    });

    it("reads Content-Type without case and with parameters", () => {
      const message = SipRequest.create({
        method: "INFO",
        requestUri: "sip:h",
        headers: [["c", 'Multipart / Mixed ; Boundary="a b"']],
      });
      expect(message.contentType).to.deep.equal({
        type: "multipart/mixed",
        parameters: new Map([["boundary", "a b"]]),
      });
    });
  });

  describe("changing", () => {
    it("gives the received octets until something changes", () => {
      const message = invite();
      expect(message.toOctets().toString("latin1")).to.equal(INVITE);
      message.set("Subject", "x");
      expect(message.received).to.equal(undefined);
      expect(message.toOctets().toString("latin1")).to.equal(
        INVITE.replace("Content-Length", "Subject: x\r\nContent-Length"),
      );
    });

    it("reads anew what was parsed before", () => {
      const message = invite();
      expect(message.topVia.branch).to.equal("z9hG4bKi2");
      expect(message.from.uriText).to.equal("sip:1002@192.0.2.10");
      message.removeFirst("Via").set("From", "<sip:x@y>;tag=z");
      expect(message.topVia.branch).to.equal("z9hG4bKi1");
      expect([message.from.uriText, message.fromTag]).to.deep.equal(["sip:x@y", "z"]);
    });

    it("sets in the place of the first line and removes the others", () => {
      const message = invite().set("allow", "OPTIONS");
      expect(message.getAll("Allow")).to.deep.equal(["OPTIONS"]);
      expect(names(message).indexOf("allow")).to.equal(names(invite()).indexOf("Allow"));
    });

    it("adds after the last of its kind, else before a Content-Length at the end", () => {
      const message = invite().add("Allow", "INFO").add("X-Own", "1").add("x-own", "2");
      expect(message.list("Allow").at(-1)).to.equal("INFO");
      expect(names(message).slice(-4)).to.deep.equal(["Content-Type", "X-Own", "x-own", "Content-Length"]);
      expect(SipRequest.create({ method: "A", requestUri: "sip:h" }).add("B", "c").get("B")).to.equal("c");
    });

    it("adds first before the first of its kind, else on top", () => {
      const message = invite().addFirst("Via", "SIP/2.0/UDP a;branch=b").addFirst("Route", "<sip:r;lr>");
      expect(names(message).slice(0, 3)).to.deep.equal(["Route", "Via", "Via"]);
      expect(message.topVia.host).to.equal("a");
    });

    it("puts a line on top and removes all others of its kind", () => {
      const via = HeaderLine.of("Via", "SIP/2.0/UDP own;branch=b");
      for (const message of [invite(), invite().add("Via", "SIP/2.0/UDP x"), invite().delete("Via")]) {
        expect(message.setFirst(via).getAll("Via")).to.deep.equal([via.value]);
        expect(names(message)[0]).to.equal("Via");
        expect(message.topVia.host).to.equal("own");
      }
    });

    it("adds a line at the end unless there is one of its kind", () => {
      const hops = HeaderLine.of("Max-Forwards", "70");
      const message = invite().delete("Max-Forwards").addMissing(hops).addMissing(HeaderLine.of("Max-Forwards", "1"));
      expect(message.getAll("Max-Forwards")).to.deep.equal(["70"]);
      expect(message.received).to.equal(undefined);
    });

    it("replaces and removes one item of a list header, the others stay", () => {
      const message = invite().replaceFirst("Record-Route", "<sip:new;lr>");
      expect(message.list("Record-Route")).to.deep.equal(["<sip:new;lr>", "<sip:p2.example.com;lr>"]);
      expect(message.removeFirst("Record-Route").list("Record-Route")).to.deep.equal(["<sip:p2.example.com;lr>"]);
      expect(message.removeFirst("Record-Route").has("Record-Route")).to.equal(false);
      expect(message.removeFirst("Record-Route").replaceFirst("Subject", "s").get("Subject")).to.equal("s");
    });

    it("leaves clones and the message they come from apart", () => {
      const message = invite();
      const copy = message.clone().set("Subject", "copy");
      copy.body = Buffer.from("other");
      copy.requestUri = "sip:other@h";
      expect(message.toOctets().toString("latin1")).to.equal(INVITE);
      expect(message.clone().toOctets()).to.equal(message.received);
      expect([copy.get("Subject"), copy.body.toString(), copy.uri.scheme]).to.deep.equal(["copy", "other", "sip"]);
      const response = parseMessage(Buffer.from(OK)) as SipResponse;
      expect(response.clone().add("Allow", "BYE").status).to.equal(200);
      expect(response.has("Allow")).to.equal(false);
    });

    it("keeps the body of a received message", () => {
      expect(invite().set("Subject", "x").body.toString()).to.equal("v=0\r\n");
    });
  });

  describe("writing", () => {
    it("computes Content-Length and puts it last", () => {
      const message = SipRequest.create({
        method: "INFO",
        requestUri: "sip:h",
        headers: [["To", "<sip:h>"]],
        body: "ä",
      });
      expect(message.toOctets().toString("latin1")).to.equal(
        "INFO sip:h SIP/2.0\r\nTo: <sip:h>\r\nContent-Length: 2\r\n\r\n\xc3\xa4",
      );
    });

    it("leaves an explicit Content-Length in its place, once and with the true value", () => {
      const headers: HeaderField[] = [
        ["l", "999"],
        ["To", "<sip:h>"],
        ["Content-Length", "3"],
      ];
      const message = SipRequest.create({ method: "INFO", requestUri: "sip:h", headers, body: "abc" });
      expect(message.toString()).to.equal("INFO sip:h SIP/2.0\r\nl: 3\r\nTo: <sip:h>\r\n\r\nabc");
    });

    it("writes text beyond octets as UTF-8, and octets as they are", () => {
      const message = SipRequest.create({
        method: "A",
        requestUri: "sip:h",
        headers: [
          ["X", "π"],
          ["Y", "\xcf\x80"],
        ],
      });
      expect(message.toString()).to.include("X: π\r\nY: π\r\n");
    });

    for (const value of [
      "a\r\nEvil: b",
      "a\nEvil: b",
      "a\rEvil: b",
      "a\r\n\r\nEvil: b",
      "a\0Evil: b",
      "\r\nEvil: b\r\n",
    ]) {
      it(`lets no value make a header: ${JSON.stringify(value)}`, () => {
        const message = SipResponse.create({ status: 200, reason: value, headers: [["X", value]] })
          .set("Y", value)
          .add("Z", value)
          .addFirst("V", value);
        const written = parseMessage(message.toOctets(), "stream");
        expect(names(written)).to.deep.equal(["V", "X", "Y", "Z", "Content-Length"]);
        expect(written.get("X")).to.match(/^(a )?Evil: b$/);
      });
    }

    it("refuses names, methods and Request-URIs that would break a line", () => {
      const message = invite();
      for (const name of ["", "a b", "a:", "a\r\nb", "ä"])
        expect(() => message.add(name, "x"), name).to.throw(UsageError);
      for (const method of ["", "IN VITE", "A\r\n"]) {
        expect(() => SipRequest.create({ method, requestUri: "sip:h" }), method).to.throw(UsageError);
      }
      for (const requestUri of ["", "sip:a b", "sip:a\r\n"]) {
        expect(() => SipRequest.create({ method: "A", requestUri }), requestUri).to.throw(UsageError);
        expect(() => (message.requestUri = requestUri), requestUri).to.throw(UsageError);
      }
      for (const status of [99, 700, 200.5, Number.NaN])
        expect(() => SipResponse.create({ status })).to.throw(UsageError);
    });

    it("is read again as the same message (property)", () => {
      const token = fc.string({
        unit: fc.constantFrom(..."abcXYZ019-.!%*_+`'~".split("")),
        minLength: 1,
        maxLength: 12,
      });
      const octet = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f);
      const value = fc.array(fc.oneof(octet, fc.constant(0x20), fc.constant(0x09)), { maxLength: 30 });
      const header = fc.tuple(
        fc
          .oneof(token, fc.constantFrom("Via", "v", "Contact", "m", "Subject", "CALL-ID"))
          .filter((name) => !/^(l|content-length)$/i.test(name)),
        value.map((codes) => String.fromCharCode(...codes).replace(/^[ \t]+|[ \t]+$/g, "")),
      );
      const parts = fc.record({ headers: fc.array(header, { maxLength: 12 }), body: fc.uint8Array({ maxLength: 40 }) });
      const start = fc.oneof(
        fc.record({ method: token, requestUri: fc.constantFrom("sip:a@b", "tel:+1", "x:\xe4;?") }),
        fc.record({
          status: fc.integer({ min: 100, max: 699 }),
          reason: fc.constantFrom("", "OK", "a  b", "\xd0\xbd = :"),
        }),
      );
      fc.assert(
        fc.property(
          start,
          parts,
          fc.constantFrom("datagram" as const, "stream" as const),
          (line, { headers, body }, framing) => {
            const options = { headers, body: Buffer.from(body) };
            const message =
              "method" in line
                ? SipRequest.create({ ...line, ...options })
                : SipResponse.create({ ...line, ...options });
            const read = parseMessage(message.toOctets(), framing);
            expect(read).to.include(line);
            expect(read.headers.slice(0, -1).map(({ name, value: text }) => [name, text])).to.deep.equal(headers);
            expect(read.body.equals(Buffer.from(body))).to.equal(true);
            expect(read.get("Content-Length")).to.equal(String(body.length));
            for (const [name] of headers) expect(read.getAll(name)).to.deep.equal(message.getAll(name));
            expect(read.set("Subject", "x").delete("Subject").toOctets().length).to.be.at.most(
              message.toOctets().length,
            );
          },
        ),
        { numRuns: 500 },
      );
    });
  });
});

describe("SipResponse.to", () => {
  it("copies once what a malformed request repeats", () => {
    const repeated = edited(
      INVITE,
      /^CSeq: .*$/m,
      "CSeq: 1 INVITE\r\nCSeq: 1 INVITE\r\nCall-ID: another@198.51.100.21",
    );
    const response = SipResponse.to(parseMessage(repeated), 400);
    expect(names(response).filter((name) => name === "CSeq" || name === "Call-ID")).to.have.lengthOf(2);
  });

  it("stays within the limits of a message for a request that is all Vias", () => {
    const vias = "Via: SIP/2.0/UDP 198.51.100.21;branch=z9hG4bK1\r\n".repeat(LIMITS.headerLines);
    let problem: unknown;
    try {
      parseMessage(edited(INVITE, /^Via: /m, `${vias}Via: `));
    } catch (error) {
      problem = error;
    }
    const { partial, status } = problem as SipParseError;
    const response = SipResponse.to(partial as SipRequest, status, { toTag: "t" });
    expect(parseMessage(response.toOctets(), "stream")).to.include({ kind: "response", status: 513 });
  });

  it("copies what RFC 3261 §8.2.6 says, in order, and adds the tag", () => {
    const response = SipResponse.to(invite(), 486, { toTag: "t1", headers: [["Reason", "Q.850;cause=17"]] });
    expect(response).to.include({ status: 486, reason: "Busy Here", toTag: "t1" });
    expect(names(response)).to.deep.equal(["Via", "Via", "From", "To", "Call-ID", "CSeq", "Reason"]);
    expect(response.getAll("Via")).to.deep.equal(invite().getAll("Via"));
  });

  it("adds no tag to a 100, and gives the Timestamp back in it", () => {
    const response = SipResponse.to(invite(), 100, { toTag: "t1" });
    expect(response.toTag).to.equal(undefined);
    expect(response.get("Timestamp")).to.equal("54");
  });

  it("leaves a tag that is there", () => {
    const request = parseMessage(
      edited(INVITE, "To: <sip:1003@192.0.2.10>", "t: <sip:1003@192.0.2.10;tag=no> ; TAG = yes"),
    );
    expect(SipResponse.to(request, 200, { toTag: "other" }).get("To")).to.equal(
      "<sip:1003@192.0.2.10;tag=no> ; TAG = yes",
    );
  });

  it("gives Record-Route back in 101–299 of requests that make dialogs only", () => {
    const routes = (request: SipRequest, status: number): number =>
      SipResponse.to(request, status).list("Record-Route").length;
    expect([100, 180, 200, 299, 300, 486].map((status) => routes(invite(), status))).to.deep.equal([0, 2, 2, 2, 0, 0]);
    const bye = parseMessage(Buffer.from(INVITE.replaceAll("INVITE", "BYE"))) as SipRequest;
    expect(routes(bye, 200)).to.equal(0);
  });

  it("carries a body", () => {
    const response = SipResponse.to(invite(), 200, { headers: [["Content-Type", "application/sdp"]], body: "v=0\r\n" });
    expect(parseMessage(response.toOctets(), "stream").body.toString()).to.equal("v=0\r\n");
    expect([response.isSuccess, response.isFinal, response.isProvisional]).to.deep.equal([true, true, false]);
    expect(SipResponse.create({ status: 183 }).isProvisional).to.equal(true);
  });
});
