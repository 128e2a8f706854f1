import { expect } from "chai";
import { LIMITS, type SipParseError } from "../../../src/sip/message/index.ts";
import { StreamFramer } from "../../../src/sip/transport/stream-framer.ts";

interface Found {
  messages: string[];
  pings: number;
  broken: { error: SipParseError; octets: string }[];
}

function framer(): { framer: StreamFramer; found: Found } {
  const found: Found = { messages: [], pings: 0, broken: [] };
  const sink = {
    message: (octets: Buffer) => found.messages.push(octets.toString("latin1")),
    ping: () => (found.pings += 1),
    broken: (error: SipParseError, octets: Buffer) => found.broken.push({ error, octets: octets.toString("latin1") }),
  };
  return { framer: new StreamFramer(sink), found };
}

/** What a framer finds in `stream`, given in segments of `size` octets. */
function frame(stream: string, size = Infinity): Found {
  const { framer: cutter, found } = framer();
  for (const segment of segments(stream, size)) cutter.push(segment);
  return found;
}

function segments(stream: string, size: number): Buffer[] {
  const octets = Buffer.from(stream, "latin1");
  const cut: Buffer[] = [];
  for (let place = 0; place < octets.length; place += size) cut.push(Buffer.from(octets.subarray(place, place + size)));
  return cut;
}

function request(lines: string, body = ""): string {
  return [
    "OPTIONS sip:a@example.com SIP/2.0",
    "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1",
    "From: <sip:b@example.com>;tag=1",
    "To: <sip:a@example.com>",
    "Call-ID: c",
    "CSeq: 1 OPTIONS",
    ...(lines === "" ? [] : [lines]),
    "",
    body,
  ].join("\r\n");
}

const EMPTY = request("Content-Length: 0");
const WITH_BODY = request("Content-Length: 11", "v=0\r\n\r\n\r\nxy");

describe("StreamFramer", () => {
  it("cuts a message by its Content-Length, whatever the body holds", () => {
    expect(frame(WITH_BODY).messages).to.deep.equal([WITH_BODY]);
  });

  it("finds several messages in one segment", () => {
    expect(frame(EMPTY + WITH_BODY + EMPTY).messages).to.deep.equal([EMPTY, WITH_BODY, EMPTY]);
  });

  it("finds the same, whatever the size of the segments", () => {
    const stream = `\r\n${WITH_BODY}\r\n\r\n${EMPTY}${WITH_BODY}\r\n`;
    for (let size = 1; size <= stream.length; size += 1) {
      const found = frame(stream, size);
      expect(found.messages, `segments of ${size}`).to.deep.equal([WITH_BODY, EMPTY, WITH_BODY]);
      expect(found.pings, `segments of ${size}`).to.equal(1);
    }
  });

  it("finds messages in segments of changing size", () => {
    const stream = (WITH_BODY + EMPTY).repeat(40);
    const { framer: cutter, found } = framer();
    const octets = Buffer.from(stream, "latin1");
    for (let place = 0, size = 1; place < octets.length; place += size, size = (size * 7) % 613) {
      cutter.push(octets.subarray(place, place + size));
    }
    expect(found.messages.join("")).to.equal(stream);
  });

  it("leaves what it handed out alone when more arrives", () => {
    const kept: Buffer[] = [];
    const cutter = new StreamFramer({
      message: (octets) => kept.push(octets),
      ping: () => undefined,
      broken: () => undefined,
    });
    for (const segment of segments(EMPTY.repeat(50), 97)) cutter.push(segment);
    expect(kept.map((octets) => octets.toString("latin1"))).to.deep.equal(Array<string>(50).fill(EMPTY));
  });

  it("reads the compact and the folded form of Content-Length, in any case", () => {
    for (const header of ["l: 2", "L:2", "CONTENT-LENGTH \t: 2", "Content-Length:\r\n 2", "Content-Length: 0002"]) {
      const message = request(header, "xy");
      expect(frame(message + EMPTY).messages, header).to.deep.equal([message, EMPTY]);
    }
  });

  it("takes two equal Content-Length headers for one", () => {
    const message = request("Content-Length: 2\r\nl: 2", "xy");
    expect(frame(message + EMPTY).messages).to.deep.equal([message, EMPTY]);
  });

  describe("between messages", () => {
    it("ignores line ends and NULs", () => {
      expect(frame(`\r\n${EMPTY}\r\n\0\0\n${EMPTY}`).messages).to.deep.equal([EMPTY, EMPTY]);
    });

    it("reports each CRLF CRLF as a ping, a single CRLF not", () => {
      expect(frame(`\r\n\r\n${EMPTY}\r\n${EMPTY}\r\n\r\n\r\n\r\n`).pings).to.equal(3);
      expect(frame("\r\n").pings).to.equal(0);
    });

    it("does not join CRLFs across a message to a ping", () => {
      expect(frame(`\r\n${EMPTY}\r\n${EMPTY}`, 1).pings).to.equal(0);
    });
  });

  describe("loses its framing", () => {
    const cases: Record<string, string> = {
      "at a missing Content-Length": request(""),
      "at a negative one": request("Content-Length: -1"),
      "at one that is no number": request("Content-Length: 1x"),
      "at two that contradict each other": request("Content-Length: 1\r\nl: 2", "xy"),
    };
    for (const [title, message] of Object.entries(cases)) {
      it(`${title}, says 400 and reads no further`, () => {
        const found = frame(EMPTY + message + EMPTY);
        expect(found.messages).to.deep.equal([EMPTY]);
        expect(found.broken).to.have.length(1);
        expect(found.broken[0]!.error.status).to.equal(400);
        expect(found.broken[0]!.error.partial?.callId).to.equal("c");
        expect(found.broken[0]!.octets).to.match(/^OPTIONS/);
      });
    }

    it("at a message larger than the limit, and says 513", () => {
      const found = frame(request(`Content-Length: ${LIMITS.messageOctets}`));
      expect(found.broken.map(({ error }) => error.status)).to.deep.equal([513]);
    });

    it("at a header that never ends, having kept no more than the limit and a segment", () => {
      const { framer: cutter, found } = framer();
      const segment = Buffer.alloc(1000, "a");
      let pushed = 0;
      for (; found.broken.length === 0 && pushed < 10 * LIMITS.headOctets; pushed += segment.length)
        cutter.push(segment);
      expect(pushed).to.be.within(LIMITS.headOctets, LIMITS.headOctets + 2 * segment.length);
      expect(found.broken[0]!.error.status).to.equal(513);
      expect(cutter.midMessage).to.equal(false);
    });
  });

  it("hands out what came of a message when the stream ends inside it", () => {
    const { framer: cutter, found } = framer();
    const cut = WITH_BODY.slice(0, -1);
    cutter.push(Buffer.from(cut));
    cutter.finish();
    cutter.push(Buffer.from(EMPTY));
    expect(found.messages).to.deep.equal([cut]);
  });

  it("needs as much time for an octet of a large message as for one of a small", () => {
    const small = cpuPerOctet(request("Content-Length: 3000", "b".repeat(3000)));
    const large = cpuPerOctet(request("Content-Length: 60000", "b".repeat(60_000)));
    expect(large / small).to.be.below(4);
    // Nothing but beginnings of an end: the dearest head to search.
    const head = (length: number): string => `a${"\r".repeat(length)}`;
    expect(cpuPerOctet(head(60_000)) / cpuPerOctet(head(3000))).to.be.below(4);
  });
});

/** Microseconds for each octet, given one at a time; the best of some tries. */
function cpuPerOctet(message: string): number {
  const octets = segments(message, 1);
  const tries = Array.from({ length: 5 }, () => {
    const { framer: cutter, found } = framer();
    const start = process.cpuUsage();
    const rounds = Math.ceil(60_000 / octets.length);
    for (let round = 0; round < rounds; round += 1) for (const octet of octets) cutter.push(octet);
    const { user, system } = process.cpuUsage(start);
    expect(found.broken).to.deep.equal([]);
    return (user + system) / rounds / octets.length;
  });
  return Math.min(...tries);
}
