import { expect } from "chai";
import type { HeaderField, SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import { Exchange, keeping, send, type SrfDialog, type SrfMessage, type Taken } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";
import type { SipPeer } from "./drachtio-peer.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const TYPE: HeaderField = ["Content-Type", "application/sdp"];
const SUPPORTED: HeaderField = ["Supported", "timer, 100rel"];

/** A reliable provisional response of the peer. */
export function reliable(peer: SipPeer, invite: SipRequest, rseq: number, toTag = "b", body = ""): SipResponse {
  return peer.answer(invite, 183, {
    toTag,
    headers: [
      ["Contact", `<${peer.uri(toTag)}>`],
      ["Require", "100rel"],
      ["RSeq", String(rseq)],
      ...(body === "" ? [] : [TYPE]),
    ],
    body,
  });
}

/** The PRACK for a reliable provisional response that the server sent to `invite`. */
export function prackFor(peer: SipPeer, invite: SipRequest, response: SipResponse, cseq = 2): SipRequest {
  const headers: HeaderField[] = [["RAck", `${response.get("RSeq") ?? ""} 1 INVITE`]];
  return peer.inDialog("PRACK", { request: invite, response, cseq, headers });
}

/** Reliable provisional responses of the peer, and what an early dialog of ours carries. */
function outgoing(bench: Bench): void {
  it("lets drachtio-srf acknowledge reliable responses in their early dialog, and goes on counting", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const seen: string[] = [];
    const call = application.createUAC(
      peer.uri(),
      { localSdp: SDP, headers: { Supported: "100rel" } },
      { cbProvisional: (response: SrfMessage) => seen.push(response.get("RSeq")) },
    );
    const invite = await peer.request("INVITE");
    const first = reliable(peer, invite, 42, "b", SDP);
    const prack = await peer.request("PRACK");
    expect(prack.get("RAck")).to.equal(`42 ${invite.cseq.number} INVITE`);
    expect([prack.requestUri, prack.toTag, prack.fromTag, prack.callId]).to.deep.equal([
      peer.uri("b"),
      "b",
      invite.fromTag,
      invite.callId,
    ]);
    expect(prack.cseq.number).to.equal(invite.cseq.number + 1);
    peer.answer(prack, 200);
    peer.send(first, bench.sip);
    reliable(peer, invite, 43);
    const second = await peer.request("PRACK");
    expect([second.get("RAck"), second.cseq.number]).to.deep.equal([
      `43 ${invite.cseq.number} INVITE`,
      invite.cseq.number + 2,
    ]);
    peer.answer(second, 200);
    peer.accept(invite, "b", [], SDP);
    const dialog = await call;
    expect((await peer.request("ACK")).cseq.number).to.equal(invite.cseq.number);
    const ended = dialog.destroy();
    const bye = await peer.request("BYE");
    expect(bye.cseq.number).to.equal(invite.cseq.number + 3);
    peer.answer(bye, 200);
    await ended;
    expect(seen).to.deep.equal(["42", "43"]);
  });

  it("carries an UPDATE of the application as soon as a reliable response has come", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    reliable(peer, invite, 1, "b", SDP);
    const { response, acknowledge } = await exchange.next();
    acknowledge();
    peer.answer(await peer.request("PRACK"), 200);
    const { stackDialogId } = response;
    const updating = await Exchange.send(application, "sip:placeholder", {
      method: "UPDATE",
      body: SDP,
      stackDialogId,
    });
    const update = await peer.request("UPDATE");
    expect([update.requestUri, update.toTag, update.contacts.length]).to.deep.equal([peer.uri("b"), "b", 1]);
    peer.answer(update, 200, { headers: [["Contact", `<${peer.uri("b")}>`], TYPE], body: SDP });
    const updated = (await updating.next()).response;
    expect([updated.status, updated.stackDialogId, updated.body]).to.deep.equal([200, stackDialogId, SDP]);
    peer.answer(invite, 486, { toTag: "b" });
    expect((await exchange.next()).response.status).to.equal(486);
    const late = await Exchange.send(application, "sip:placeholder", { method: "UPDATE", stackDialogId }).catch(codeOf);
    expect(late).to.equal("ENODIALOG");
  });

  it("has no dialog yet when a provisional response came unreliably", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    peer.answer(invite, 180, { toTag: "b", headers: [["Contact", `<${peer.uri("b")}>`]] });
    const { stackDialogId } = (await exchange.next()).response;
    const refused = await Exchange.send(application, "sip:placeholder", { method: "UPDATE", stackDialogId }).catch(
      codeOf,
    );
    expect(refused).to.equal("ENODIALOG");
    peer.answer(invite, 486, { toTag: "b" });
    await exchange.next();
  });

  it("shows an UPDATE of the peer in the early dialog with a transaction id of its own", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const updates = keeping();
    exchange.sent.on("update", (request, response) => {
      updates.handler(request, response, () => undefined);
    });
    const invite = await peer.request("INVITE");
    const early = reliable(peer, invite, 1, "b", SDP);
    const provisional = await exchange.next();
    provisional.acknowledge();
    peer.answer(await peer.request("PRACK"), 200);
    const update = peer.back("UPDATE", invite, early, 5, [TYPE]);
    update.body = Buffer.from(SDP);
    peer.send(update, bench.sip);
    const { request, response } = await updates.next();
    expect(request.stackDialogId).to.equal(provisional.response.stackDialogId);
    expect(request.stackTxnId).not.to.equal(exchange.sent.stackTxnId);
    await send(response, 200, { body: SDP });
    const ok = await peer.response(200, "UPDATE");
    expect([ok.cseq.number, ok.body.toString()]).to.deep.equal([5, SDP]);
    peer.answer(invite, 486, { toTag: "b" });
    await exchange.next();
  });

  it("refuses a PRACK outside of any dialog", async () => {
    const raw = await bench.rawAuthenticated();
    const command = "sip||nobody;from-tag=nothing\r\nPRACK sip:placeholder SIP/2.0\r\nRAck: 1 1 INVITE\r\n\r\n";
    expect((await raw.ask(command))[0]).to.equal("NOK");
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** Reliable provisional responses of the application, and what comes in its early dialogs. */
function incoming(bench: Bench): void {
  /** An INVITE of the peer with an offer, and the application's hold on it. */
  async function called(headers: HeaderField[] = [SUPPORTED]): Promise<{
    peer: SipPeer;
    invite: SipRequest;
    invites: Taken;
    pracks: ReturnType<typeof keeping>;
    answer: () => Promise<SrfDialog>;
  }> {
    const [taken, pracks] = [keeping(), keeping()];
    const application = await bench.application({ invite: taken.handler, prack: pracks.handler });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip, [TYPE, ...headers], SDP);
    peer.send(invite, bench.sip);
    const invites = await taken.next();
    const answer = (): Promise<SrfDialog> =>
      application.createUAS(invites.request, invites.response, { localSdp: SDP });
    return { peer, invite, invites, pracks, answer };
  }

  it("leave with RSeq and Contact, are repeated until PRACK, which is a request in the dialog", async () => {
    const { peer, invite, invites, pracks, answer } = await called();
    const echo = await send(invites.response, 183, { headers: { Require: "100rel" }, body: SDP });
    const first = await peer.response(183, "INVITE");
    expect([echo.get("RSeq"), echo.get("To")]).to.deep.equal([first.get("RSeq"), first.get("To")]);
    expect(Number(first.get("RSeq"))).to.be.within(1, 2 ** 31 - 1);
    expect([first.list("Require"), first.contacts.length, first.get("Content-Type")]).to.deep.equal([
      ["100rel"],
      1,
      "application/sdp",
    ]);
    const copy = await peer.response(183, "INVITE");
    expect(copy.toOctets().equals(first.toOctets())).to.equal(true);
    peer.send(prackFor(peer, invite, first), bench.sip);
    const { request, response } = await pracks.next();
    expect(request.stackDialogId).to.equal(`${invite.callId};from-tag=${invite.fromTag ?? ""}`);
    expect(request.stackTxnId).not.to.equal(invites.request.stackTxnId);
    await send(response, 200);
    expect((await peer.response(200, "PRACK")).cseq.number).to.equal(2);
    const dialog = await answer();
    const ok = await peer.response(200, "INVITE");
    expect(ok.toTag).to.equal(first.toTag);
    const acknowledged = new Promise<SrfMessage>((resolve) => dialog.on("ack", resolve));
    peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
    expect((await acknowledged).stackTxnId).to.equal(invites.request.stackTxnId);
    const ended = dialog.destroy();
    peer.answer(await peer.request("BYE"), 200);
    await ended;
  });

  it("hand their PRACK to res.send's callback", async () => {
    const { peer, invite, invites } = await called();
    const options = { headers: { Require: "100rel" }, body: SDP };
    const acknowledged = new Promise<SrfMessage>((resolve) => {
      invites.response.send(183, options, () => undefined, resolve);
    });
    const early = await peer.response(183, "INVITE");
    peer.send(prackFor(peer, invite, early), bench.sip);
    expect((await acknowledged).get("RAck")).to.equal(`${early.get("RSeq") ?? ""} 1 INVITE`);
    invites.response.send(486);
    await peer.response(486, "INVITE");
  });

  it("are refused to a caller without 100rel, and the INVITE stays open", async () => {
    const { peer, invites } = await called([]);
    const refused = await send(invites.response, 183, { headers: { Require: "100rel" } }).catch(String);
    expect(refused).to.include("Remote endpoint does not support 100rel");
    await send(invites.response, 486);
    await peer.response(486, "INVITE");
    expect(peer.arrived.some((m) => m.kind === "response" && m.status === 183)).to.equal(false);
  });

  it("answer 481 to a PRACK that fits none of them", async () => {
    const { peer, invite, invites } = await called();
    await send(invites.response, 183, { headers: { Require: "100rel" } });
    const early = await peer.response(183, "INVITE");
    const stray = prackFor(peer, invite, early);
    stray.set("RAck", `${Number(early.get("RSeq")) + 1} 1 INVITE`);
    peer.send(stray, bench.sip);
    await peer.response(481, "PRACK");
    await send(invites.response, 486);
    await peer.response(486, "INVITE");
  });

  it("let an early UPDATE through with the INVITE's transaction id, one at a time", async () => {
    const { peer, invite, invites } = await called();
    const updates = keeping();
    invites.request.on("update", (request, response) => {
      updates.handler(request, response, () => undefined);
    });
    await send(invites.response, 180);
    const ringing = await peer.response(180, "INVITE");
    // An unreliable 180 of drachtio-server has no Contact.
    ringing.set("Contact", `<sip:${bench.sip.host}:${bench.sip.port}>`);
    const early = { request: invite, response: ringing, headers: [TYPE] };
    peer.send(peer.inDialog("UPDATE", { ...early, cseq: 2 }, SDP), bench.sip);
    const { request, response } = await updates.next();
    expect([request.stackTxnId, request.body]).to.deep.equal([invites.request.stackTxnId, SDP]);
    peer.send(peer.inDialog("UPDATE", { ...early, cseq: 3 }, SDP), bench.sip);
    expect((await peer.response(500, "UPDATE")).cseq.number).to.equal(3);
    await send(response, 200, { body: SDP });
    const ok = await peer.response(200, "UPDATE");
    expect([ok.cseq.number, ok.body.toString(), ok.toTag]).to.deep.equal([2, SDP, ringing.toTag]);
    await send(invites.response, 486);
    expect((await peer.response(486, "INVITE")).cseq.number).to.equal(1);
  });
}

/** 100rel (RFC 3262) and UPDATE in early dialogs (RFC 3311), both ways. Spec sections 4.5, 5.3, 8 and 12. */
export function drachtioReliableSuite(open: () => Promise<DrachtioServer>): void {
  describe("reliable provisional responses of the peer", () => {
    outgoing(new Bench(open));
  });
  describe("reliable provisional responses of the application", () => {
    incoming(new Bench(open));
  });
}
