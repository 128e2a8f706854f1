import { expect } from "chai";
import { SipResponse, type SipRequest } from "../../src/sip/index.ts";
import { SipParseError } from "../../src/sip/index.ts";
import { incoming, sipBench, type SipBench } from "../support/sip-bench.ts";

describe("UAS core", () => {
  let bench: SipBench;
  beforeEach(async () => {
    bench = await sipBench("udp", { trying: "off" });
  });
  afterEach(async () => {
    await bench.close();
    expect(bench.clock.timerCount).to.equal(0);
  });

  /** Sends a request as text, each line changed by `change`. */
  async function sendChanged(request: SipRequest, change: (text: string) => string): Promise<void> {
    await bench.peer.send(change(request.toOctets().toString("latin1")), bench.address);
    await bench.clock.advanceAsync(0);
  }

  describe("with a malformed request", () => {
    const faults: Record<string, [change: (text: string) => string, status: string]> = {
      "no CSeq": [(text) => text.replace(/CSeq:.*\r\n/, ""), "400"],
      "no From": [(text) => text.replace(/From:.*\r\n/, ""), "400 OPTIONS"],
      "a CSeq of another method": [(text) => text.replace("3 OPTIONS", "3 INVITE"), "400"],
      "a header line without colon": [(text) => text.replace("Max-Forwards: 70", "Max-Forwards"), "400 OPTIONS"],
      "another version of SIP": [(text) => text.replace("SIP/2.0\r\n", "SIP/3.0\r\n"), "505 OPTIONS"],
      "Max-Forwards beyond 255": [(text) => text.replace("Max-Forwards: 70", "Max-Forwards: 256"), "400 OPTIONS"],
    };
    for (const [fault, [change, status]] of Object.entries(faults)) {
      it(`answers ${status.slice(0, 3)} to ${fault}, and the TU hears nothing`, async () => {
        await sendChanged(incoming("OPTIONS"), change);
        expect(bench.peer.messages).to.have.length(1);
        const answer = bench.peer.messages[0]?.message as SipResponse;
        expect(`${answer.status}`).to.equal(status.slice(0, 3));
        expect(answer.get("Via")).to.match(/branch=z9hG4bKpeer/);
        expect(bench.user.heard).to.deep.equal([]);
        expect(bench.engine.counters.refused).to.equal(1);
        expect(bench.engine.transactionCount).to.equal(0);
      });
    }

    it("gives each copy of it the same answer, To tag included", async () => {
      for (let copy = 0; copy < 2; copy += 1)
        await sendChanged(incoming("OPTIONS"), (text) => text.replace(/From:.*\r\n/, ""));
      const [first, second] = bench.peer.messages;
      expect(first?.message.toTag).to.be.a("string");
      expect(second?.octets.equals(first?.octets ?? Buffer.alloc(0))).to.equal(true);
    });

    it("answers no ACK", async () => {
      await sendChanged(incoming("ACK"), (text) =>
        text.replace(/From:.*\r\n/, "").replace("SIP/2.0\r\n", "SIP/3.0\r\n"),
      );
      expect(bench.peer.messages).to.deep.equal([]);
    });

    it("answers nobody where there is no Via", async () => {
      await sendChanged(incoming("OPTIONS"), (text) => text.replace(/Via:.*\r\n/, ""));
      expect(bench.peer.messages).to.deep.equal([]);
    });

    it("sends the answer to where the request came from when its Via can't be read", async () => {
      await sendChanged(incoming("OPTIONS"), (text) => text.replace(/Via:.*\r\n/, "Via: nonsense\r\n"));
      const [answer] = bench.peer.messages;
      expect(answer?.octets.toString()).to.match(/^SIP\/2\.0 400 .*\r\nVia: nonsense\r\n/);
    });

    it("answers no malformed response", async () => {
      const response = SipResponse.to(incoming("OPTIONS"), 200);
      await bench.peer.send(response.toString().replace(/CSeq:.*\r\n/, ""), bench.address);
      await bench.peer.send(response.toString().replace("SIP/2.0 200", "SIP/9.0 200"), bench.address);
      await bench.clock.advanceAsync(0);
      expect(bench.peer.messages).to.deep.equal([]);
    });
  });

  it("answers 482 to a request that came on another way before (RFC 3261 §8.2.2.2)", async () => {
    const { peer, user, address, clock, engine } = bench;
    await peer.send(incoming("INVITE"), address);
    await peer.send(incoming("INVITE", { branch: "z9hG4bKfork" }), address);
    await clock.advanceAsync(0);
    expect(peer.received).to.deep.equal(["482 INVITE"]);
    expect(peer.response("482 INVITE").topVia.branch).to.equal("z9hG4bKfork");
    expect(user.transactions).to.have.length(1);
    expect(engine.counters.merged).to.equal(1);
  });

  it("merges no requests in a dialog, and none once the first is forgotten", async () => {
    const { peer, user, address, clock } = bench;
    await peer.send(incoming("INFO", { toTag: "x" }), address);
    await peer.send(incoming("INFO", { toTag: "x", branch: "z9hG4bKother" }), address);
    expect(user.transactions).to.have.length(2);
    await peer.send(incoming("OPTIONS"), address);
    user.latest.respond(SipResponse.to(user.latest.request, 200));
    await clock.advanceAsync(32_000);
    await peer.send(incoming("OPTIONS", { branch: "z9hG4bKother" }), address);
    expect(user.transactions).to.have.length(4);
  });

  describe("with a CANCEL", () => {
    it("answers 200 with the To tag of the INVITE and leaves the 487 to the TU", async () => {
      const { peer, user, address, clock } = bench;
      await peer.send(incoming("INVITE"), address);
      user.latest.respond(SipResponse.to(user.latest.request, 180));
      user.onCancelled = (invite) => {
        invite.respond(SipResponse.to(invite.request, 487));
      };
      await peer.send(incoming("CANCEL"), address);
      await clock.advanceAsync(0);
      expect(peer.received).to.deep.equal(["180 INVITE", "200 CANCEL", "487 INVITE"]);
      expect(new Set(peer.messages.map(({ message }) => message.toTag))).to.have.length(1);
      expect(user.heard).to.deep.equal(["0: INVITE", "0: cancelled CANCEL"]);
    });

    it("tells the TU once, however often the CANCEL comes", async () => {
      const { peer, user, address, clock } = bench;
      await peer.send(incoming("INVITE"), address);
      await peer.send(incoming("CANCEL"), address);
      await peer.send(incoming("CANCEL"), address);
      await clock.advanceAsync(0);
      expect(peer.received).to.deep.equal(["200 CANCEL", "200 CANCEL"]);
      expect(user.heard).to.deep.equal(["0: INVITE", "0: cancelled CANCEL"]);
    });

    it("answers 200 without effect once there is a final response", async () => {
      const { peer, user, address, clock } = bench;
      await peer.send(incoming("INVITE"), address);
      user.latest.respond(SipResponse.to(user.latest.request, 200));
      await peer.send(incoming("CANCEL"), address);
      await clock.advanceAsync(0);
      expect(peer.received).to.deep.equal(["200 INVITE", "200 CANCEL"]);
      expect(user.heard).to.deep.equal(["0: INVITE"]);
    });

    it("answers 481 where there is nothing to cancel", async () => {
      const { peer, user, address, clock } = bench;
      await peer.send(incoming("INVITE"), address);
      await peer.send(incoming("CANCEL", { branch: "z9hG4bKother" }), address);
      await clock.advanceAsync(0);
      expect(peer.received).to.deep.equal(["481 CANCEL"]);
      expect(user.heard).to.deep.equal(["0: INVITE"]);
    });

    it("sends the 487 itself where the TU takes no notice of CANCEL", async () => {
      const deaf = await sipBench("udp", { trying: "off" });
      Object.defineProperty(deaf.user, "cancelled", { value: undefined });
      await deaf.peer.send(incoming("INVITE"), deaf.address);
      await deaf.peer.send(incoming("CANCEL"), deaf.address);
      await deaf.clock.advanceAsync(0);
      expect(deaf.peer.received).to.deep.equal(["200 CANCEL", "487 INVITE"]);
      await deaf.close();
    });
  });

  describe("with an ACK", () => {
    it("hands a stray one to the TU without an INVITE, and answers nothing", async () => {
      const { peer, user, address, clock, engine } = bench;
      await peer.send(incoming("ACK", { toTag: "nobody" }), address);
      await clock.advanceAsync(100);
      expect(user.heard).to.deep.equal(["0: stray ack"]);
      expect(peer.messages).to.deep.equal([]);
      expect(engine.counters.strayAcks).to.equal(1);
      expect(engine.transactionCount).to.equal(0);
    });

    for (const [what, options] of Object.entries({
      "another To tag": { toTag: "other" },
      "another From tag": { fromTag: "other" },
      "another CSeq": { cseq: 4 },
      "another Call-ID": { callId: "other" },
    })) {
      it(`does not take one with ${what} for that of a 2xx`, async () => {
        const { peer, user, address, clock } = bench;
        await peer.send(incoming("INVITE"), address);
        user.latest.respond(SipResponse.to(user.latest.request, 200));
        await peer.send(incoming("ACK", { toTag: user.latest.toTag, branch: "z9hG4bKack", ...options }), address);
        await clock.advanceAsync(500);
        expect(user.heard).to.deep.equal(["0: INVITE", "0: stray ack"]);
        expect(peer.times("200 INVITE")).to.deep.equal([0, 500]);
      });
    }
  });

  describe("with a TU that throws", () => {
    it("answers 500", async () => {
      const { peer, user, address, clock } = bench;
      user.onRequest = () => {
        throw new Error("the TU's fault");
      };
      await peer.send(incoming("OPTIONS"), address);
      await clock.advanceAsync(0);
      expect(peer.received).to.deep.equal(["500 OPTIONS"]);
    });

    it("goes on where it throws when told of a missing ACK", async () => {
      const { peer, user, address, clock, engine } = bench;
      const broken = (): never => {
        throw new Error("the TU's fault");
      };
      Object.assign(user, { unacknowledged: broken, failed: broken });
      for (const [branch, status] of [["z9hG4bKone", 200] as const, ["z9hG4bKtwo", 486] as const]) {
        await peer.send(incoming("INVITE", { branch, callId: branch }), address);
        user.latest.respond(SipResponse.to(user.latest.request, status));
      }
      await clock.advanceAsync(32_000);
      expect(engine.transactionCount).to.equal(0);
    });

    it("answers 400 where a header was malformed that only the TU reads", async () => {
      const { peer, user, address, clock } = bench;
      user.onRequest = () => {
        throw new SipParseError("Contact malformed");
      };
      await peer.send(incoming("OPTIONS"), address);
      await clock.advanceAsync(0);
      expect(peer.received).to.deep.equal(["400 OPTIONS"]);
    });
  });

  it("sends responses to the source port only where the client asked for it (RFC 3581)", async () => {
    const { peer, user, address, clock } = bench;
    const via = "SIP/2.0/UDP 10.1.1.1:5099;branch=z9hG4bKnat";
    await peer.send(incoming("OPTIONS", { via: `${via};rport` }), address);
    user.latest.respond(SipResponse.to(user.latest.request, 200));
    await clock.advanceAsync(0);
    expect(peer.response("200 OPTIONS").get("Via")).to.equal(`${via};rport=5060;received=192.0.2.2`);
    await peer.send(incoming("OPTIONS", { via: via.replace("nat", "nat2"), callId: "other" }), address);
    user.latest.respond(SipResponse.to(user.latest.request, 200));
    await clock.advanceAsync(0);
    expect(peer.received).to.deep.equal(["200 OPTIONS"]);
  });
});
