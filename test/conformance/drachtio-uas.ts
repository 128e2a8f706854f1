import { expect } from "chai";
import { encodeText, SipRequest } from "../../src/sip/message/index.ts";
import { keeping, send, type SrfMessage } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const TYPE: [string, string] = ["Content-Type", "application/sdp"];

function incoming(bench: Bench): void {
  it("shows an OPTIONS with where it came from and came in, and sends the answer", async () => {
    const options = keeping();
    await bench.application({ options: options.handler });
    const peer = await bench.peer();
    const sent = peer.newRequest("OPTIONS", bench.sip, [
      ["x-lower", "a"],
      ["Subject", encodeText("grüße")],
    ]);
    peer.send(sent, bench.sip);
    const { request, response } = await options.next();
    expect([request.source, request.source_address, request.source_port, request.protocol]).to.deep.equal([
      "network",
      "127.0.0.1",
      peer.port,
      "udp",
    ]);
    expect(request.receivedOn).to.equal(`${bench.sip.host}:${bench.sip.port}`);
    expect([request.stackDialogId, request.get("subject"), request.raw.includes("\r\nx-lower: a\r\n")]).to.deep.equal([
      "",
      "grüße",
      true,
    ]);
    const echo = await send(response, 200, { headers: { "X-A": "1" } });
    const ok = await peer.response(200, "OPTIONS");
    expect([ok.callId, ok.get("CSeq"), ok.get("From"), ok.get("X-A")]).to.deep.equal([
      sent.callId,
      "1 OPTIONS",
      sent.get("From"),
      "1",
    ]);
    expect(ok.toTag).to.match(/.{8}/);
    expect(echo.get("to")).to.equal(ok.get("To"));
    expect(ok.topVia.branch).to.equal(sent.topVia.branch);
  });

  it("keeps a reason of the application's own", async () => {
    const options = keeping();
    await bench.application({ options: options.handler });
    const peer = await bench.peer();
    peer.send(peer.newRequest("OPTIONS", bench.sip), bench.sip);
    (await options.next()).response.send(480, "Gone fishing", {});
    expect((await peer.response(480, "OPTIONS")).reason).to.equal("Gone fishing");
  });

  it("lets the application choose the To tag, and keeps it", async () => {
    const invites = keeping();
    await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    peer.send(peer.newRequest("INVITE", bench.sip), bench.sip);
    const { response } = await invites.next();
    await send(response, 180, { headers: { To: "<sip:whoever>;tag=chosen" } });
    expect((await peer.response(180, "INVITE")).toTag).to.equal("chosen");
    await send(response, 486);
    expect((await peer.response(486, "INVITE")).toTag).to.equal("chosen");
  });

  it("absorbs a repeated request, before the answer and behind it; the answer is repeated", async () => {
    const options = keeping();
    await bench.application({ options: options.handler });
    const peer = await bench.peer();
    const sent = peer.newRequest("OPTIONS", bench.sip);
    peer.send(sent, bench.sip);
    peer.send(sent, bench.sip);
    const { response } = await options.next();
    await send(response, 200);
    const first = await peer.response(200, "OPTIONS");
    peer.send(sent, bench.sip);
    const second = await peer.response(200, "OPTIONS");
    expect(second.toOctets().equals(first.toOctets())).to.equal(true);
    expect(options.pending()).to.equal(0);
  });

  it("refuses a second answer", async () => {
    const raw = await bench.rawAuthenticated();
    await raw.ask("route|options");
    const peer = await bench.peer();
    peer.send(peer.newRequest("OPTIONS", bench.sip), bench.sip);
    const frame = await raw.notified();
    expect(frame).to.have.length(14);
    const answer = `sip|${frame[8] ?? ""}|\r\nSIP/2.0 200 OK\r\nX-P: 1\r\n\r\n`;
    expect((await raw.ask(answer)).slice(0, 2)).to.deep.equal(["OK", "application"]);
    expect((await peer.response(200, "OPTIONS")).get("X-P")).to.equal("1");
    expect(await raw.ask(answer)).to.deep.equal(["NOK", "Response not sent due to unknown transaction"]);
    await raw.ask("remove_route|options");
  });

  it("answers 503 where no application asked for the method", async () => {
    await bench.application();
    const peer = await bench.peer();
    peer.send(peer.newRequest("PUBLISH", bench.sip), bench.sip);
    await peer.response(503, "PUBLISH");
  });

  it("answers 481 to BYE, UPDATE and CANCEL that match nothing, and to an INVITE with an unknown To tag", async () => {
    await bench.application({ invite: keeping().handler });
    const peer = await bench.peer();
    for (const method of ["BYE", "UPDATE", "INVITE"]) {
      const headers: [string, string][] = [["To", `<sip:svc@${bench.sip.host}>;tag=nosuch`]];
      peer.send(peer.newRequest(method, bench.sip, headers), bench.sip);
      await peer.response(481, method);
    }
    peer.send(peer.newRequest("CANCEL", bench.sip), bench.sip);
    await peer.response(481, "CANCEL");
  });

  it("shares requests out among the applications that asked", async () => {
    const taken: string[] = [];
    for (const name of ["first", "second"]) {
      await bench.application({
        message: (_request, response) => {
          taken.push(name);
          response.send(200);
        },
      });
    }
    const peer = await bench.peer();
    for (let count = 0; count < 4; count += 1) {
      peer.send(peer.newRequest("MESSAGE", bench.sip), bench.sip);
      await peer.response(200, "MESSAGE");
    }
    expect(taken.filter((name) => name === "first")).to.have.length(2);
  });
}

function calls(bench: Bench): void {
  it("answers 100 at once, keeps one To tag, shows the ACK in the dialog", async () => {
    const invites = keeping();
    const application = await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip, [TYPE, ["Record-Route", "<sip:127.0.0.1:9;lr>"]], SDP);
    peer.send(invite, bench.sip);
    await peer.response(100, "INVITE");
    const { request, response } = await invites.next();
    expect([request.body, request.stackDialogId]).to.deep.equal([SDP, ""]);
    await send(response, 180);
    const ringing = await peer.response(180, "INVITE");
    const dialog = await application.createUAS(request, response, { localSdp: SDP });
    const ok = await peer.response(200, "INVITE");
    expect(ok.toTag).to.equal(ringing.toTag);
    expect(ok.getAll("Record-Route")).to.deep.equal(["<sip:127.0.0.1:9;lr>"]);
    expect(ok.contacts).to.have.length(1);
    expect([dialog.id, dialog.sip.localTag]).to.deep.equal([
      `${invite.callId};from-tag=${invite.fromTag ?? ""}`,
      ok.toTag,
    ]);
    const acknowledged = new Promise<SrfMessage>((resolve) => dialog.on("ack", resolve));
    peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
    const ack = await acknowledged;
    expect([ack.stackDialogId, ack.stackTxnId]).to.deep.equal([dialog.id, request.stackTxnId]);
  });

  it("are joined by createB2BUA, and hung up together", async () => {
    const invites = keeping();
    const application = await bench.application({ invite: invites.handler });
    const [caller, callee] = [await bench.peer(), await bench.peer()];
    const invite = caller.newRequest("INVITE", bench.sip, [TYPE], SDP);
    caller.send(invite, bench.sip);
    const { request, response } = await invites.next();
    const joined = application.createB2BUA(request, response, callee.uri(), { localSdpB: request.body });
    const forwarded = await callee.request("INVITE");
    callee.answer(forwarded, 180, { toTag: "b" });
    await caller.response(180, "INVITE");
    callee.accept(forwarded, "b", [], SDP.replace("4000", "5000"));
    const ok = await caller.response(200, "INVITE");
    expect(ok.body.toString()).to.include("5000");
    caller.send(caller.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
    const { uas, uac } = await joined;
    uas.on("destroy", () => void uac.destroy());
    await callee.request("ACK");
    caller.send(caller.inDialog("BYE", { request: invite, response: ok, cseq: 2 }), bench.sip);
    await caller.response(200, "BYE");
    callee.answer(await callee.request("BYE"), 200);
  });

  it("hands the ACK to res.send's callback", async () => {
    const invites = keeping();
    await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip);
    peer.send(invite, bench.sip);
    const { response } = await invites.next();
    const acknowledged = new Promise<SrfMessage>((resolve) => {
      response.send(200, { body: SDP }, () => undefined, resolve);
    });
    const ok = await peer.response(200, "INVITE");
    peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1, headers: [TYPE] }, SDP), bench.sip);
    expect((await acknowledged).body).to.equal(SDP);
  });

  it("repeats its 200 until the ACK comes", async () => {
    const invites = keeping();
    const application = await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip, [TYPE], SDP);
    peer.send(invite, bench.sip);
    const { request, response } = await invites.next();
    const dialog = await application.createUAS(request, response, { localSdp: SDP });
    const first = await peer.response(200, "INVITE");
    const second = await peer.response(200, "INVITE");
    expect(second.toOctets().equals(first.toOctets())).to.equal(true);
    const acknowledged = new Promise((resolve) => dialog.on("ack", resolve));
    peer.send(peer.inDialog("ACK", { request: invite, response: first, cseq: 1 }), bench.sip);
    await acknowledged;
  });

  it("rejects a call, takes the ACK itself and shows it to nobody", async () => {
    const [invites, acks] = [keeping(), keeping()];
    await bench.application({
      invite: invites.handler,
      ack: acks.handler,
      options: (_, response) => {
        response.send(200);
      },
    });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip);
    peer.send(invite, bench.sip);
    await send((await invites.next()).response, 486);
    const busy = await peer.response(486, "INVITE");
    const ack = SipRequest.create({
      method: "ACK",
      requestUri: invite.requestUri,
      headers: [
        ["Via", invite.get("Via") ?? ""],
        ["From", invite.get("From") ?? ""],
        ["To", busy.get("To") ?? ""],
        ["Call-ID", invite.callId],
        ["CSeq", "1 ACK"],
      ],
    });
    peer.send(ack, bench.sip);
    peer.send(peer.newRequest("OPTIONS", bench.sip), bench.sip);
    await peer.response(200, "OPTIONS");
    expect(acks.pending()).to.equal(0);
  });

  for (const rung of [false, true]) {
    it(`answers a CANCEL ${rung ? "behind a 180" : "before any answer"} and tells the application`, async () => {
      const invites = keeping();
      await bench.application({ invite: invites.handler });
      const peer = await bench.peer();
      const invite = peer.newRequest("INVITE", bench.sip);
      peer.send(invite, bench.sip);
      const { request, response } = await invites.next();
      const cancelled = new Promise<SrfMessage>((resolve) => request.on("cancel", resolve));
      const ringing = rung ? (await send(response, 180), await peer.response(180, "INVITE")) : undefined;
      const cancel = SipRequest.create({
        method: "CANCEL",
        requestUri: invite.requestUri,
        headers: ["Via", "From", "To", "Call-ID"].map((name) => [name, invite.get(name) ?? ""] as const),
      });
      cancel.set("CSeq", "1 CANCEL").set("Reason", "SIP;cause=200");
      peer.send(cancel, bench.sip);
      await peer.response(200, "CANCEL");
      const terminated = await peer.response(487, "INVITE");
      if (ringing) expect(terminated.toTag).to.equal(ringing.toTag);
      expect((await cancelled).get("Reason")).to.equal("SIP;cause=200");
      const refused = await send(response, 200).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      expect(refused).to.include("Response not sent due to unknown transaction");
    });
  }
}

export function drachtioUasSuite(open: () => Promise<DrachtioServer>): void {
  describe("requests of the network", () => {
    incoming(new Bench(open));
  });
  describe("calls of the network", () => {
    calls(new Bench(open));
  });
}
