import { expect } from "chai";
import { SipResponse } from "../../../src/sip/index.ts";
import { isUnique, mergeKey, serverKey } from "../../../src/sip/transaction/matching.ts";
import { incoming, sipBench, type IncomingOptions, type SipBench } from "../../support/sip-bench.ts";

const key = (method: string, options: IncomingOptions = {}): string => serverKey(incoming(method, options));

describe("transaction matching", () => {
  describe("by branch, sent-by and method (RFC 3261 §17.2.3)", () => {
    it("does not look at From, To, Call-ID and CSeq number", () => {
      expect(key("INVITE", { fromTag: "x", toTag: "y", callId: "z", cseq: 99 })).to.equal(key("INVITE"));
    });

    it("tells branches, sent-bys and methods apart, but takes ACK for INVITE", () => {
      const via = (sentBy: string): IncomingOptions => ({ via: `SIP/2.0/UDP ${sentBy};branch=z9hG4bKpeer` });
      expect(key("INVITE", { branch: "z9hG4bKother" })).to.not.equal(key("INVITE"));
      expect(key("OPTIONS")).to.not.equal(key("INVITE"));
      expect(key("CANCEL")).to.not.equal(key("INVITE"));
      expect(key("ACK")).to.equal(key("INVITE"));
      expect(key("INVITE", via("192.0.2.2:5061"))).to.not.equal(key("INVITE"));
      expect(key("INVITE", via("192.0.2.3"))).to.not.equal(key("INVITE"));
    });

    it("takes a missing port for the default one", () => {
      expect(key("INVITE", { via: "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKpeer" })).to.equal(key("INVITE"));
    });

    it("does not look at what receivers write into the Via", () => {
      const request = incoming("OPTIONS", {
        via: "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKpeer;received=192.0.2.7;rport=9",
      });
      expect(serverKey(request)).to.equal(key("OPTIONS"));
    });

    it("knows the cookie in any case; alone it says nothing", () => {
      expect(isUnique("Z9HG4BKa")).to.equal(true);
      expect(isUnique("z9hG4bK")).to.equal(false);
      expect(isUnique("a9hG4bKa")).to.equal(false);
      expect(isUnique("")).to.equal(false);
    });
  });

  describe("of peers older than RFC 3261", () => {
    const via = "SIP/2.0/UDP 192.0.2.2;branch=1";
    const changes: Record<string, IncomingOptions> = {
      "To tag": { via, toTag: "x" },
      "From tag": { via, fromTag: "x" },
      "Call-ID": { via, callId: "x" },
      CSeq: { via, cseq: 4 },
      Via: { via: "SIP/2.0/UDP 192.0.2.2;branch=2" },
    };

    for (const [what, options] of Object.entries(changes)) {
      it(`tells requests apart by ${what}`, () => {
        expect(key("OPTIONS", options)).to.not.equal(key("OPTIONS", { via }));
      });
    }

    it("does not match two requests whose branch is the bare cookie", () => {
      const bare = "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK";
      expect(key("OPTIONS", { via: bare, callId: "one" })).to.not.equal(key("OPTIONS", { via: bare, callId: "two" }));
    });

    describe("on the wire", () => {
      let bench: SipBench;
      beforeEach(async () => {
        bench = await sipBench("udp", { trying: "off" });
      });
      afterEach(async () => {
        await bench.close();
        expect(bench.clock.timerCount).to.equal(0);
      });

      it("absorbs copies, takes the ACK with the To tag of the response, and no other", async () => {
        const { peer, user, address, clock } = bench;
        await peer.send(incoming("INVITE", { via }), address);
        await peer.send(incoming("INVITE", { via }), address);
        expect(user.transactions).to.have.length(1);
        user.latest.respond(SipResponse.to(user.latest.request, 486));
        await peer.send(incoming("ACK", { via, toTag: "other" }), address);
        expect(user.latest.state).to.equal("completed");
        await peer.send(incoming("ACK", { via, toTag: user.latest.toTag }), address);
        expect(user.latest.state).to.equal("confirmed");
        await clock.advanceAsync(5000);
      });

      it("takes the ACK for a refused re-INVITE", async () => {
        const { peer, user, address } = bench;
        await peer.send(incoming("INVITE", { via, toTag: "dialog" }), address);
        user.latest.respond(SipResponse.to(user.latest.request, 488));
        await peer.send(incoming("ACK", { via, toTag: "dialog" }), address);
        expect(user.latest.state).to.equal("confirmed");
      });

      it("cancels the INVITE", async () => {
        const { peer, user, address } = bench;
        await peer.send(incoming("INVITE", { via }), address);
        await peer.send(incoming("CANCEL", { via }), address);
        expect(user.heard).to.deep.equal(["0: INVITE", "0: cancelled CANCEL"]);
      });
    });
  });

  describe("of merged requests (RFC 3261 §8.2.2.2)", () => {
    it("goes by From tag, Call-ID and CSeq, outside dialogs only", () => {
      expect(mergeKey(incoming("INVITE", { branch: "z9hG4bKother" }))).to.equal(mergeKey(incoming("INVITE")));
      for (const options of [{ fromTag: "x" }, { callId: "x" }, { cseq: 4 }]) {
        expect(mergeKey(incoming("INVITE", options))).to.not.equal(mergeKey(incoming("INVITE")));
      }
      expect(mergeKey(incoming("OPTIONS"))).to.not.equal(mergeKey(incoming("INVITE")));
      expect(mergeKey(incoming("INVITE", { toTag: "x" }))).to.equal(undefined);
    });
  });
});
