import { expect } from "chai";
import { SipRequest } from "../../src/sip/message/index.ts";
import {
  Exchange,
  type SrfApplication,
  type SrfDialog,
  type SrfMessage,
  keeping,
  send,
} from "../conformance/drachtio-application.ts";
import { Bench } from "../conformance/drachtio-bench.ts";
import { type EmbeddedServer, openEmbedded } from "../conformance/drachtio-embedded.ts";
import type { SipPeer } from "../conformance/drachtio-peer.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

/** The application calls the peer, which answers with To tag `b`. */
async function called(
  bench: Bench,
): Promise<{ application: SrfApplication; peer: SipPeer; dialog: SrfDialog; invite: SipRequest }> {
  const [application, peer] = [await bench.application(), await bench.peer()];
  const call = application.createUAC(peer.uri(), { localSdp: SDP });
  const invite = await peer.request("INVITE");
  peer.accept(invite, "b", [], SDP);
  const dialog = await call;
  await peer.request("ACK");
  return { application, peer, dialog, invite };
}

describe("where drachtio-server errs (spec section 13), the front", () => {
  let embedded: EmbeddedServer;
  const bench = new Bench(async () => (embedded = await openEmbedded()));

  for (const command of ["ping", "route|invite", "sip||\r\nOPTIONS sip:a@127.0.0.1:9 SIP/2.0\r\n\r\n"]) {
    it(`does nothing before authentication: ${command.slice(0, 12)}`, async () => {
      const raw = await bench.raw();
      expect(await raw.ask(command)).to.deep.equal(["NO", "not authenticated"]);
      await raw.closed;
    });
  }

  it("counts a route once and removes one verb at a time", async () => {
    const [raw, other] = [await bench.rawAuthenticated(), await bench.rawAuthenticated()];
    for (const verb of ["message", "message", "message", "info"]) await raw.ask(`route|${verb}`);
    await other.ask("route|message");
    await raw.ask("remove_route|info");
    const peer = await bench.peer();
    peer.send(peer.newRequest("INFO", bench.sip), bench.sip);
    await peer.response(503, "INFO");
    for (const taker of [raw, other, raw, other]) {
      peer.send(peer.newRequest("MESSAGE", bench.sip), bench.sip);
      const frame = await taker.notified();
      await taker.ask(`sip|${frame[8] ?? ""}|\r\nSIP/2.0 200 OK\r\n\r\n`);
      await peer.response(200, "MESSAGE");
    }
  });

  it("delivers REFER outside dialogs, and unknown methods where somebody asked for them", async () => {
    const [refers, frobs] = [keeping(), keeping()];
    await bench.application({ refer: refers.handler, frob: frobs.handler });
    const peer = await bench.peer();
    peer.send(peer.newRequest("REFER", bench.sip, [["Refer-To", "<sip:x@y>"]]), bench.sip);
    await send((await refers.next()).response, 202);
    await peer.response(202, "REFER");
    peer.send(peer.newRequest("FROB", bench.sip), bench.sip);
    await send((await frobs.next()).response, 200);
    await peer.response(200, "FROB");
    peer.send(peer.newRequest("BLOB", bench.sip), bench.sip);
    const refused = await peer.response(405, "BLOB");
    expect(refused.list("Allow")).to.have.members(["REFER", "FROB"]);
  });

  it("delivers and acknowledges the final response to a re-INVITE that was answered 1xx first", async () => {
    const { peer, dialog } = await called(bench);
    const modified = dialog.modify(SDP.replace("4000", "6000"));
    const invite = await peer.request("INVITE");
    peer.answer(invite, 180);
    peer.accept(invite, "", [], SDP.replace("4000", "6002"));
    expect(await modified).to.include("6002");
    await peer.request("ACK");
  });

  it("acknowledges a repeated 200 to a re-INVITE again", async () => {
    const { peer, dialog } = await called(bench);
    const modified = dialog.modify(SDP);
    const ok = peer.accept(await peer.request("INVITE"), "", [], SDP);
    await modified;
    await peer.request("ACK");
    peer.send(ok, bench.sip);
    await peer.request("ACK");
  });

  it("follows the Contact of a 2xx to a re-INVITE of its own, and that of a re-INVITE it accepted", async () => {
    const { peer, dialog, invite } = await called(bench);
    const moved = `sip:moved@127.0.0.1:${peer.port}`;
    const modified = dialog.modify(SDP);
    const reinvite = await peer.request("INVITE");
    const ok = peer.answer(reinvite, 200, {
      headers: [
        ["Contact", `<${moved}>`],
        ["Content-Type", "application/sdp"],
      ],
      body: SDP,
    });
    await modified;
    expect((await peer.request("ACK")).requestUri).to.equal(moved);

    dialog.on("modify", (_request, response) => {
      response.send(200, { body: SDP });
    });
    const theirs = peer.back("INVITE", invite, ok, 1, [["Content-Type", "application/sdp"]]);
    theirs.set("Contact", `<sip:again@127.0.0.1:${peer.port}>`).body = Buffer.from(SDP.replace("4000", "4004"));
    peer.send(theirs, bench.sip);
    const answer = await peer.response(200, "INVITE");
    peer.send(peer.back("ACK", invite, ok, 1), bench.sip);
    expect(answer.contacts).to.have.length(1);
    const info = dialog.request({ method: "INFO" });
    const request = await peer.request("INFO");
    expect(request.requestUri).to.equal(`sip:again@127.0.0.1:${peer.port}`);
    peer.answer(request, 200);
    await info;
  });

  it("acknowledges and ends the second fork of a call, under its own tag", async () => {
    const { peer, dialog, invite } = await called(bench);
    peer.accept(invite, "other-fork", [], SDP);
    const ack = await peer.request("ACK");
    const bye = await peer.request("BYE");
    expect([ack.toTag, bye.toTag]).to.deep.equal(["other-fork", "other-fork"]);
    peer.answer(bye, 200);
    const info = dialog.request({ method: "INFO" });
    const request = await peer.request("INFO");
    expect(request.toTag).to.equal("b");
    peer.answer(request, 200);
    await info;
  });

  it("shows a NOTIFY that overtook the 2xx to its SUBSCRIBE right behind it, in the dialog", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const subscribed = application.createUAC(peer.uri("pres"), { method: "SUBSCRIBE", headers: { Event: "presence" } });
    const subscribe = await peer.request("SUBSCRIBE");
    const ok = SipRequest.create({
      method: "X",
      requestUri: "sip:x",
      headers: [["To", `${subscribe.get("To") ?? ""};tag=b`]],
    });
    const notify = peer.back("NOTIFY", subscribe, ok as never, 1, [
      ["Event", "presence"],
      ["Subscription-State", "active"],
    ]);
    peer.send(notify, bench.sip);
    peer.answer(subscribe, 200, { toTag: "b", headers: [["Contact", `<${peer.uri()}>`]] });
    await subscribed;
    await peer.response(200, "NOTIFY");
  });

  it("answers 500 to a request whose CSeq is older than the last one", async () => {
    const { peer, dialog, invite } = await called(bench);
    const infos: SrfMessage[] = [];
    dialog.on("info", (request, response) => {
      infos.push(request);
      response.send(200);
    });
    const ok = peer.answer(invite, 199, { toTag: "b" });
    for (const [cseq, status] of [
      [5, 200],
      [4, 500],
      [6, 200],
    ] as const) {
      peer.send(peer.back("INFO", invite, ok, cseq), bench.sip);
      await peer.response(status, "INFO");
    }
    expect(infos).to.have.length(2);
  });

  it("cancels the calls of an application that leaves, and ends those that are answered all the same", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    peer.answer(invite, 180, { toTag: "b" });
    bench.leave(application);
    await peer.request("CANCEL");
    peer.accept(invite, "b", [], SDP);
    expect((await peer.request("ACK")).toTag).to.equal("b");
    peer.answer(await peer.request("BYE"), 200);
  });

  it("ends a call whose application left with a re-INVITE open, once", async () => {
    const { application, peer, dialog } = await called(bench);
    const before = embedded.endpoint.counters.dialogs;
    void dialog.modify(SDP).catch(() => undefined);
    const invite = await peer.request("INVITE");
    peer.answer(invite, 100);
    bench.leave(application);
    await peer.request("CANCEL");
    peer.accept(invite, "", [], SDP);
    await peer.request("ACK");
    peer.answer(await peer.request("BYE"), 200);
    expect(embedded.endpoint.counters.dialogs).to.equal(before - 1);
  });

  it("answers 503 to what an application left unanswered when it left", async () => {
    const invites = keeping();
    const application = await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    peer.send(peer.newRequest("INVITE", bench.sip), bench.sip);
    await invites.next();
    bench.leave(application);
    await peer.response(503, "INVITE");
  });

  it("carries messages far above 12 kB", async () => {
    const messages = keeping();
    const application = await bench.application({ message: messages.handler });
    const peer = await bench.peer();
    const body = "x".repeat(60_000);
    const headers = { "Content-Type": "text/plain" };
    const exchange = await Exchange.send(application, peer.uri(), { method: "MESSAGE", headers, body });
    const sent = await peer.request("MESSAGE");
    expect(sent.body).to.have.length(60_000);
    peer.answer(sent, 200, { toTag: "t", headers: [["Content-Type", "text/plain"]], body });
    expect((await exchange.next()).response.body).to.equal(body);
    peer.send(peer.newRequest("MESSAGE", bench.sip, [["Content-Type", "text/plain"]], body), bench.sip);
    const { request, response } = await messages.next();
    expect(request.body).to.equal(body);
    response.send(200);
    await peer.response(200, "MESSAGE");
  });

  it("repeats the INVITE's credentials in the ACK (RFC 3261 §13.2.2.4)", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const headers = { Authorization: 'Digest username="u"' };
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP, headers });
    peer.accept(await peer.request("INVITE"), "b", [], SDP);
    (await exchange.next()).acknowledge();
    expect((await peer.request("ACK")).get("Authorization")).to.equal('Digest username="u"');
  });

  it("tells its Contact in every request that may move the target, unless the application does", async () => {
    const { peer, dialog } = await called(bench);
    const told = `<sip:127.0.0.1:${bench.sip.port}>`;
    for (const [method, headers, contact] of [
      ["UPDATE", {}, told],
      ["REFER", { Contact: "<sip:me@10.0.0.1>" }, "<sip:me@10.0.0.1>"],
      ["INFO", {}, undefined],
    ] as const) {
      const sent = dialog.request({ method, headers });
      const request = await peer.request(method);
      expect(request.get("Contact"), method).to.equal(contact);
      peer.answer(request, 200);
      await sent;
    }
  });

  it("answers 482 to another branch of a call that was answered, and refuses the application's answer", async () => {
    const invites = keeping();
    await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    const first = peer.newRequest("INVITE", bench.sip);
    peer.send(first, bench.sip);
    await send((await invites.next()).response, 200);
    await peer.response(200, "INVITE");
    const second = first.clone().set("Via", peer.via()).set("CSeq", "2 INVITE");
    peer.send(second, bench.sip);
    const refused = await send((await invites.next()).response, 200).catch((error: unknown) => String(error));
    expect(refused).to.include("dialog already exists, rejecting this request");
    await peer.response(482, "INVITE");
  });

  it("refuses a PRACK in a dialog that had no reliable provisional response", async () => {
    const { dialog } = await called(bench);
    const refused = await dialog.request({ method: "PRACK" }).catch((error: unknown) => String(error));
    expect(refused).to.include("unable to find IIP when sending PRACK");
  });

  it("refuses to proxy, and stays connected", async () => {
    const raw = await bench.rawAuthenticated();
    expect((await raw.ask("proxy|t|||||||sip:a"))[0]).to.equal("NOK");
    expect(await raw.ask("ping")).to.deep.equal(["OK", "pong"]);
  });

  it("sends one ACK, however often the application acknowledges", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    peer.accept(invite, "b", [], SDP);
    const { acknowledge, response } = await exchange.next();
    acknowledge();
    acknowledge();
    const fence = await Exchange.send(application, "sip:placeholder", {
      method: "INFO",
      stackDialogId: response.stackDialogId,
    });
    peer.answer(await peer.request("INFO"), 200);
    await fence.next();
    expect(peer.arrived.filter((m) => m.kind === "request" && m.method === "ACK")).to.have.length(1);
  });

  it("takes a request for one of a dialog only where both tags match", async () => {
    const { peer, invite } = await called(bench);
    const stranger = peer.answer(invite, 199, { toTag: "stranger" });
    peer.send(peer.back("BYE", invite, stranger, 1), bench.sip);
    await peer.response(481, "BYE");

    const invites = keeping();
    await bench.application({ invite: invites.handler });
    const theirs = peer.newRequest("INVITE", bench.sip);
    peer.send(theirs, bench.sip);
    await send((await invites.next()).response, 200);
    const ok = await peer.response(200, "INVITE");
    const wrong = peer.inDialog("BYE", { request: theirs, response: ok, cseq: 2 });
    peer.send(wrong.set("To", `${theirs.get("To") ?? ""};tag=stranger`), bench.sip);
    await peer.response(481, "BYE");
  });
});
