import { expect } from "chai";
import type { HeaderField, SipRequest } from "../../src/sip/message/index.ts";
import { keeping, type SrfDialog } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";
import type { SipPeer } from "./drachtio-peer.ts";
import { prackFor, reliable } from "./drachtio-reliable.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const TYPE: HeaderField = ["Content-Type", "application/sdp"];

interface Joined {
  readonly caller: SipPeer;
  readonly callee: SipPeer;
  readonly invite: SipRequest;
  readonly forwarded: SipRequest;
  readonly joined: Promise<{ uas: SrfDialog; uac: SrfDialog }>;
}

/** What createB2BUA needs of a server: two calls that go on together. Spec sections 12 and 15. */
export function drachtioB2buaSuite(open: () => Promise<DrachtioServer>): void {
  describe("createB2BUA", () => {
    const bench = new Bench(open);

    /** A call of `caller` that the application is joining with one to `callee`. */
    async function join(body: string, headers: HeaderField[], options: object = {}): Promise<Joined> {
      const invites = keeping();
      const application = await bench.application({ invite: invites.handler });
      const [caller, callee] = [await bench.peer(), await bench.peer()];
      const invite = caller.newRequest("INVITE", bench.sip, headers, body);
      caller.send(invite, bench.sip);
      const { request, response } = await invites.next();
      const joined = application.createB2BUA(request, response, callee.uri(), options);
      // What it comes to is looked at later, if at all.
      joined.catch(() => undefined);
      return { caller, callee, invite, forwarded: await callee.request("INVITE"), joined };
    }

    it("passes on a refusal", async () => {
      const { caller, callee, forwarded, joined } = await join(SDP, [TYPE]);
      callee.answer(forwarded, 486, { toTag: "b", reason: "Busy elsewhere" });
      expect((await caller.response(486, "INVITE")).reason).to.equal("Busy elsewhere");
      expect(await joined.catch((error: unknown) => (error as { status: number }).status)).to.equal(486);
    });

    it("passes on a CANCEL", async () => {
      const { caller, callee, invite, forwarded } = await join(SDP, [TYPE]);
      callee.answer(forwarded, 180, { toTag: "b" });
      await caller.response(180, "INVITE");
      const cancel = caller.newRequest("CANCEL", bench.sip, [["Call-ID", invite.callId]]);
      for (const header of ["Via", "From", "To"]) cancel.set(header, invite.get(header) ?? "");
      caller.send(cancel, bench.sip);
      await caller.response(487, "INVITE");
      const cancelled = await callee.request("CANCEL");
      expect(cancelled.topVia.branch).to.equal(forwarded.topVia.branch);
      callee.answer(cancelled, 200, { toTag: "b" });
      callee.answer(forwarded, 487, { toTag: "b" });
      await callee.request("ACK");
    });

    it("joins a call without an offer: the answer goes from ACK to ACK", async () => {
      const { caller, callee, invite, forwarded, joined } = await join("", []);
      expect(forwarded.body).to.have.length(0);
      callee.accept(forwarded, "b", [], SDP);
      const ok = await caller.response(200, "INVITE");
      expect(ok.body.toString()).to.equal(SDP);
      const answer = SDP.replace("4000", "5000");
      const ack = caller.inDialog("ACK", { request: invite, response: ok, cseq: 1, headers: [TYPE] }, answer);
      caller.send(ack, bench.sip);
      expect((await callee.request("ACK")).body.toString()).to.equal(answer);
      const { uas, uac } = await joined;
      uac.on("destroy", () => void uas.destroy());
      callee.send(callee.back("BYE", forwarded, callee.accept(forwarded, "b"), 5), bench.sip);
      await callee.response(200, "BYE");
      caller.answer(await caller.request("BYE"), 200);
    });

    it("passes on a reliable provisional response, each side with its own PRACK", async () => {
      const options = { proxyRequestHeaders: ["supported"], proxyResponseHeaders: ["require"] };
      const { caller, callee, invite, forwarded, joined } = await join(SDP, [TYPE, ["Supported", "100rel"]], options);
      expect(forwarded.list("Supported")).to.deep.equal(["100rel"]);
      reliable(callee, forwarded, 42, "b", SDP);
      const prack = await callee.request("PRACK");
      expect(prack.get("RAck")).to.equal(`42 ${forwarded.cseq.number} INVITE`);
      callee.answer(prack, 200);
      const early = await caller.response(183, "INVITE");
      expect([early.list("Require"), early.body.toString()]).to.deep.equal([["100rel"], SDP]);
      caller.send(prackFor(caller, invite, early), bench.sip);
      await caller.response(200, "PRACK");
      callee.accept(forwarded, "b", [], SDP);
      const ok = await caller.response(200, "INVITE");
      caller.send(caller.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
      const { uas, uac } = await joined;
      expect(uas.sip.localTag).to.equal(early.toTag);
      const ended = Promise.all([uas.destroy(), uac.destroy()]);
      caller.answer(await caller.request("BYE"), 200);
      callee.answer(await callee.request("BYE"), 200);
      await ended;
    });
  });
}
