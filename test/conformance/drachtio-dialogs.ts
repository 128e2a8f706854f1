import { expect } from "chai";
import type { SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import { keeping, type SrfDialog, type SrfMessage } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";
import type { SipPeer } from "./drachtio-peer.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const TYPE: [string, string] = ["Content-Type", "application/sdp"];

/** An answered call: the peer called. */
async function answered(bench: Bench): Promise<{
  peer: SipPeer;
  dialog: SrfDialog;
  invite: SipRequest;
  ok: SipResponse;
}> {
  const invites = keeping();
  const application = await bench.application({ invite: invites.handler });
  const peer = await bench.peer();
  const invite = peer.newRequest("INVITE", bench.sip, [TYPE], SDP);
  peer.send(invite, bench.sip);
  const { request, response } = await invites.next();
  const dialog = await application.createUAS(request, response, { localSdp: SDP });
  const ok = await peer.response(200, "INVITE");
  const acknowledged = new Promise((resolve) => dialog.on("ack", resolve));
  peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
  await acknowledged;
  return { peer, dialog, invite, ok };
}

/** Requests inside calls, both ways, and how calls end. Spec sections 4.3, 5.3 and 8. */
export function drachtioDialogSuite(open: () => Promise<DrachtioServer>): void {
  describe("dialogs", () => {
    const bench = new Bench(open);

    it("takes a BYE; a second one gets 481, and the dialog can't be used any more", async () => {
      const { peer, dialog, invite, ok } = await answered(bench);
      const destroyed = new Promise((resolve) => dialog.on("destroy", resolve));
      peer.send(peer.inDialog("BYE", { request: invite, response: ok, cseq: 2 }), bench.sip);
      await destroyed;
      await peer.response(200, "BYE");
      peer.send(peer.inDialog("BYE", { request: invite, response: ok, cseq: 3 }), bench.sip);
      await peer.response(481, "BYE");
      const refused = await dialog.request({ method: "INFO" }).then(
        () => undefined,
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(refused).to.equal("ENODIALOG");
    });

    it("sends BYE and requests with rising CSeq to the caller's Contact", async () => {
      const { peer, dialog, invite, ok } = await answered(bench);
      const numbers: number[] = [];
      for (const method of ["INFO", "NOTIFY", "REFER"]) {
        const headers = { "Refer-To": "<sip:x@y>", Event: "refer", "Subscription-State": "active" };
        const done = dialog.request({ method, headers });
        const request = await peer.request(method);
        expect([request.requestUri, request.toTag, request.fromTag]).to.deep.equal([
          peer.uri(),
          invite.fromTag,
          ok.toTag,
        ]);
        numbers.push(request.cseq.number);
        peer.answer(request, 202);
        expect((await done).status).to.equal(202);
      }
      const ended = dialog.destroy();
      const bye = await peer.request("BYE");
      numbers.push(bye.cseq.number);
      peer.answer(bye, 200);
      await ended;
      expect(numbers).to.deep.equal(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    });

    it("shows INFO, MESSAGE, OPTIONS, NOTIFY, REFER and UPDATE of the dialog, routed or not", async () => {
      const { peer, dialog, invite, ok } = await answered(bench);
      let cseq = 1;
      for (const method of ["INFO", "MESSAGE", "OPTIONS", "NOTIFY", "REFER", "UPDATE"]) {
        const seen = new Promise<SrfMessage>((resolve) => {
          dialog.on(method.toLowerCase(), (request, response) => {
            response.send(200, { headers: { "X-Method": method } });
            resolve(request);
          });
        });
        cseq += 1;
        const headers: [string, string][] = [
          ["Refer-To", "<sip:x@y>"],
          ["Event", "x"],
          ["Subscription-State", "active"],
        ];
        peer.send(peer.inDialog(method, { request: invite, response: ok, cseq, headers }), bench.sip);
        expect((await seen).stackDialogId).to.equal(dialog.id);
        expect((await peer.response(200, method)).get("X-Method")).to.equal(method);
      }
    });

    it("live on when a BYE of the application is answered 401, and end when the next one is answered", async () => {
      const { peer, dialog } = await answered(bench);
      const first = dialog.request({ method: "BYE" });
      peer.answer(await peer.request("BYE"), 401, { headers: [["WWW-Authenticate", 'Digest realm="r",nonce="n"']] });
      expect((await first).status).to.equal(401);
      const second = dialog.request({ method: "BYE", headers: { Authorization: "Digest x" } });
      const bye = await peer.request("BYE");
      expect(bye.get("Authorization")).to.equal("Digest x");
      peer.answer(bye, 481);
      expect((await second).status).to.equal(481);
      const refused = await dialog
        .request({ method: "INFO" })
        .catch((error: unknown) => (error as { code?: string }).code);
      expect(refused).to.equal("ENODIALOG");
    });

    it("keep their tag in a From that the application writes", async () => {
      const { peer, dialog, ok } = await answered(bench);
      const sent = dialog.request({ method: "INFO", headers: { From: '"New Name" <sip:new@example.com>' } });
      const info = await peer.request("INFO");
      expect([info.from.uriText, info.fromTag]).to.deep.equal(["sip:new@example.com", ok.toTag]);
      peer.answer(info, 200);
      await sent;
    });

    it("carries re-INVITEs both ways, each with its ACK", async () => {
      const { peer, dialog, invite, ok } = await answered(bench);
      dialog.on("modify", (_request, response) => {
        response.send(200, { body: SDP.replace("4000", "5000") });
      });
      const acknowledged = new Promise((resolve) => dialog.on("ack", resolve));
      const theirs = peer.inDialog(
        "INVITE",
        { request: invite, response: ok, cseq: 2, headers: [TYPE] },
        SDP.replace("4000", "4002"),
      );
      peer.send(theirs, bench.sip);
      const answer = await peer.response(200, "INVITE");
      expect(answer.body.toString()).to.include("5000");
      peer.send(peer.inDialog("ACK", { request: invite, response: answer, cseq: 2 }), bench.sip);
      await acknowledged;

      const modified = dialog.modify(SDP.replace("4000", "6000"));
      const ours = await peer.request("INVITE");
      expect([ours.requestUri, ours.body.toString().includes("6000")]).to.deep.equal([peer.uri(), true]);
      peer.accept(ours, "", [], SDP.replace("4000", "6002"));
      expect(await modified).to.include("6002");
      const ack = await peer.request("ACK");
      expect(ack.cseq.number).to.equal(ours.cseq.number);
    });

    it("survives a refused re-INVITE, which it acknowledges itself", async () => {
      const { peer, dialog } = await answered(bench);
      const modified = dialog.request({ method: "INVITE", body: SDP });
      const invite = await peer.request("INVITE");
      peer.answer(invite, 488);
      expect((await modified).status).to.equal(488);
      const ack = await peer.request("ACK");
      expect(ack.topVia.branch).to.equal(invite.topVia.branch);
      const info = dialog.request({ method: "INFO" });
      peer.answer(await peer.request("INFO"), 200);
      expect((await info).status).to.equal(200);
    });

    it("belongs to the application that answered it: when that has left, 481 and a BYE", async () => {
      const invites = keeping();
      const owner = await bench.application({ invite: invites.handler });
      await bench.application({ info: keeping().handler });
      const peer = await bench.peer();
      const invite = peer.newRequest("INVITE", bench.sip, [TYPE], SDP);
      peer.send(invite, bench.sip);
      const { request, response } = await invites.next();
      const dialog = await owner.createUAS(request, response, { localSdp: SDP });
      const ok = await peer.response(200, "INVITE");
      const acknowledged = new Promise((resolve) => dialog.on("ack", resolve));
      peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
      await acknowledged;
      bench.leave(owner);
      await bench.rawAuthenticated().then((raw) => raw.ask("ping"));
      peer.send(peer.inDialog("INFO", { request: invite, response: ok, cseq: 2 }), bench.sip);
      await peer.response(481, "INFO");
      peer.answer(await peer.request("BYE"), 200);
    });
  });
}
