import { expect } from "chai";
import { Exchange, type SrfDialog, type SrfMessage, type SrfRequest } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";
import { unique } from "./drachtio-peer.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

/** What an application asks for, and what leaves: requests outside dialogs. Spec sections 4, 5.2, 5.5, 7. */
function newRequests(bench: Bench): void {
  it("supplies the headers that the application left out, and shows the answer with where it came from", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "OPTIONS" });
    const sent = await peer.request("OPTIONS");
    expect(sent.requestUri).to.equal(peer.uri());
    expect(sent.get("Max-Forwards")).to.equal("70");
    expect(sent.from.uriText).to.equal(`sip:${bench.sip.host}:${bench.sip.port}`);
    expect(sent.fromTag).to.match(/.{8}/);
    expect(sent.to.uriText).to.equal(peer.uri());
    expect(sent.cseq.method).to.equal("OPTIONS");
    expect(sent.has("Contact")).to.equal(false);
    expect(exchange.sent.get("call-id")).to.equal(sent.callId);
    expect(exchange.sent.get("from")).to.equal(sent.get("From"));
    peer.answer(sent, 200, { toTag: "t", headers: [["X-Answer", "yes"]] });
    const { response } = await exchange.next();
    expect([response.status, response.get("X-Answer"), response.stackDialogId]).to.deep.equal([200, "yes", ""]);
    expect([response.source, response.source_address, response.source_port, response.protocol]).to.deep.equal([
      "network",
      "127.0.0.1",
      peer.port,
      "udp",
    ]);
  });

  it("honours From with its tag, To, Call-ID, the number of CSeq, Max-Forwards and own headers", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const callId = unique("fixed");
    await Exchange.send(application, peer.uri(), {
      method: "OPTIONS",
      headers: {
        From: '"Ann" <sip:ann@example.com>;tag=mine',
        To: "<sip:z@example.com>",
        "Call-ID": callId,
        CSeq: "7 INVITE",
        "Max-Forwards": "3",
        "X-Own": "1",
        "user-agent": "phone",
      },
    });
    const sent = await peer.request("OPTIONS");
    expect([sent.fromTag, sent.from.uriText, sent.from.displayName]).to.deep.equal([
      "mine",
      "sip:ann@example.com",
      "Ann",
    ]);
    expect([sent.to.uriText, sent.callId]).to.deep.equal(["sip:z@example.com", callId]);
    expect(sent.cseq).to.deep.include({ number: 7, method: "OPTIONS" });
    expect([sent.get("Max-Forwards"), sent.get("X-Own"), sent.get("User-Agent")]).to.deep.equal(["3", "1", "phone"]);
    expect(sent.headers.map(({ name }) => name)).to.include("User-Agent");
    peer.answer(sent, 200, { toTag: "t" });
  });

  it("drops Via, Route, Record-Route and Content-Length of the application, and fills in @localhost", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    await Exchange.send(application, peer.uri(), {
      method: "OPTIONS",
      headers: {
        Via: "SIP/2.0/UDP 9.9.9.9;branch=z9hG4bKx",
        Route: "<sip:127.0.0.1:9;lr>",
        "Record-Route": "<sip:9.9.9.9;lr>",
        From: "<sip:ann@localhost>",
        "P-Asserted-Identity": "<sip:ann@localhost>",
      },
    });
    const sent = await peer.request("OPTIONS");
    const here = `${bench.sip.host}:${bench.sip.port}`;
    expect(sent.vias).to.have.length(1);
    expect(sent.topVia.host).not.to.equal("9.9.9.9");
    expect([sent.has("Route"), sent.has("Record-Route")]).to.deep.equal([false, false]);
    expect([sent.from.uriText, sent.get("P-Asserted-Identity")]).to.deep.equal([
      `sip:ann@${here}`,
      `<sip:ann@${here}>`,
    ]);
    peer.answer(sent, 200, { toTag: "t" });
  });

  it("counts octets: a MESSAGE of multi-byte text arrives whole, and so does its answer", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const body = "grüße 😀 äöü";
    const exchange = await Exchange.send(application, peer.uri(), {
      method: "MESSAGE",
      headers: { "Content-Type": "text/plain;charset=utf-8" },
      body,
    });
    const sent = await peer.request("MESSAGE");
    expect(sent.body.toString("utf8")).to.equal(body);
    expect(sent.get("Content-Length")).to.equal(String(Buffer.byteLength(body)));
    peer.answer(sent, 200, { toTag: "t", headers: [["Content-Type", "text/plain"]], body: `re: ${body}` });
    expect((await exchange.next()).response.body).to.equal(`re: ${body}`);
  });

  it("registers: a Contact leaves as given, a 401 comes up, and the second REGISTER has the credentials", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const headers = {
      Contact: "<sip:1001@phone.example:5071>;expires=60",
      "Call-ID": unique("reg"),
      From: "<sip:1001@x>;tag=a",
    };
    const first = await Exchange.send(application, peer.uri(), {
      method: "REGISTER",
      headers: { ...headers, CSeq: "1 REGISTER" },
    });
    const refused = await peer.request("REGISTER");
    expect(refused.get("Contact")).to.equal("<sip:1001@phone.example:5071>;expires=60");
    peer.answer(refused, 401, { toTag: "t", headers: [["WWW-Authenticate", 'Digest realm="r, s", nonce="n"']] });
    const challenge = (await first.next()).response;
    expect([challenge.status, challenge.get("www-authenticate")]).to.deep.equal([
      401,
      'Digest realm="r, s", nonce="n"',
    ]);
    const second = await Exchange.send(application, peer.uri(), {
      method: "REGISTER",
      headers: { ...headers, CSeq: "2 REGISTER", Authorization: 'Digest username="u", realm="r, s"' },
    });
    const accepted = await peer.request("REGISTER");
    expect(accepted.get("Authorization")).to.equal('Digest username="u", realm="r, s"');
    expect([accepted.callId, accepted.fromTag, accepted.cseq.number]).to.deep.equal([refused.callId, "a", 2]);
    expect(accepted.topVia.branch).not.to.equal(refused.topVia.branch);
    peer.answer(accepted, 200, { toTag: "t", headers: [["Contact", headers.Contact]] });
    expect((await second.next()).response.status).to.equal(200);
  });

  it("answers a digest challenge through drachtio-srf's own client", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const auth = { username: "u", password: "p" };
    const exchange = await Exchange.send(application, peer.uri(), { method: "REGISTER", auth });
    const refused = await peer.request("REGISTER");
    peer.answer(refused, 401, { toTag: "t", headers: [["WWW-Authenticate", 'Digest realm="r",nonce="n"']] });
    const accepted = await peer.request("REGISTER");
    expect(accepted.get("Authorization")).to.match(/^Digest .*username="u"/);
    expect(accepted.cseq.number).to.equal(refused.cseq.number + 1);
    peer.answer(accepted, 200, { toTag: "t" });
    expect((await exchange.next()).response.status).to.equal(200);
  });

  it("sends to the route given, the Request-URI unchanged and without a Route header", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const uri = "sip:1002@cluster.example";
    const exchange = await Exchange.send(application, uri, { method: "OPTIONS", proxy: peer.uri() });
    const sent = await peer.request("OPTIONS");
    expect([sent.requestUri, sent.to.uriText, sent.has("Route")]).to.deep.equal([uri, uri, false]);
    peer.answer(sent, 200, { toTag: "t" });
    expect((await exchange.next()).response.status).to.equal(200);
  });

  it("makes up a 503 without a source where a connection is refused", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    // The peer's number is free for TCP: it has only bound UDP.
    const exchange = await Exchange.send(application, `${peer.uri()};transport=tcp`, { method: "OPTIONS" });
    const { response } = await exchange.next();
    expect([response.status, response.source_address]).to.deep.equal([503, ""]);
  });
}

function unresolved(bench: Bench): void {
  it("echoes a request to a host name before it is looked up, and makes up a 503 where there is none", async () => {
    const raw = await bench.rawAuthenticated();
    const echo = await raw.ask("sip||\r\nOPTIONS sip:a@no-such-host.invalid SIP/2.0\r\n\r\n");
    expect([echo[0], ...echo.slice(3, 6)]).to.deep.equal(["OK", "unknown", "", "0"]);
    const response = await raw.notified();
    expect([response[5], response[6], response[8]]).to.deep.equal(["", "0", echo[7]]);
    expect(response.at(-1)).to.match(/^SIP\/2\.0 503 DNS Error\r\n/);
  });
}

function invites(bench: Bench): void {
  it("absorbs 100, shows 180 and 183 in order with one dialog id, and acknowledges the 200", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const seen: SrfMessage[] = [];
    const call = application.createUAC(
      peer.uri(),
      { localSdp: SDP },
      { cbProvisional: (res: SrfMessage) => seen.push(res) },
    );
    const invite = await peer.request("INVITE");
    expect([invite.get("Content-Type"), invite.body.toString()]).to.deep.equal(["application/sdp", SDP]);
    peer.answer(invite, 100);
    peer.answer(invite, 180, { toTag: "b" });
    peer.answer(invite, 183, { toTag: "b" });
    const ok = peer.accept(invite, "b", [], SDP);
    const dialog = await call;
    expect(seen.map((response) => response.status)).to.deep.equal([180, 183]);
    const id = `${invite.callId};from-tag=${invite.fromTag ?? ""}`;
    expect([dialog.id, ...seen.map((response) => response.stackDialogId)]).to.deep.equal([id, id, id]);
    const ack = await peer.request("ACK");
    expect(ack.cseq.number).to.equal(invite.cseq.number);
    expect([ack.requestUri, ack.get("To"), ack.get("From")]).to.deep.equal([
      peer.uri(),
      ok.get("To"),
      invite.get("From"),
    ]);
    expect(ack.topVia.branch).not.to.equal(invite.topVia.branch);
    const ended = dialog.destroy();
    const bye = await peer.request("BYE");
    expect([bye.requestUri, bye.cseq.number > invite.cseq.number]).to.deep.equal([peer.uri(), true]);
    peer.answer(bye, 200);
    await ended;
  });

  it("makes the route set from Record-Route, reversed, for ACK, INFO and BYE", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const call = application.createUAC(peer.uri(), { localSdp: SDP });
    const invite = await peer.request("INVITE");
    const near = `<sip:127.0.0.1:${peer.port};lr;near>`;
    peer.accept(
      invite,
      "b",
      [
        ["Record-Route", "<sip:10.255.255.1;lr>"],
        ["Record-Route", near],
      ],
      SDP,
    );
    const dialog = await call;
    const info = dialog.request({ method: "INFO" });
    for (const method of ["ACK", "INFO"]) {
      const request = await peer.request(method);
      expect(request.list("Route"), method).to.deep.equal([near, "<sip:10.255.255.1;lr>"]);
      expect(request.requestUri, method).to.equal(peer.uri());
      if (method === "INFO") peer.answer(request, 200);
    }
    expect((await info).status).to.equal(200);
    const ended = dialog.destroy();
    const bye = await peer.request("BYE");
    expect(bye.list("Route")[0]).to.equal(near);
    peer.answer(bye, 200);
    await ended;
  });

  it("acknowledges a rejected INVITE itself, once, though drachtio-srf tries as well", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    peer.answer(invite, 486, { toTag: "b", reason: "Busy as a bee" });
    const { response, acknowledge } = await exchange.next();
    expect([response.status, response.reason]).to.deep.equal([486, "Busy as a bee"]);
    acknowledge();
    const ack = await peer.request("ACK");
    expect(ack.topVia.branch).to.equal(invite.topVia.branch);
    // A fence: whatever the application's ACK causes would be here before this.
    const fence = await Exchange.send(application, peer.uri(), { method: "OPTIONS" });
    peer.answer(await peer.request("OPTIONS"), 200, { toTag: "t" });
    await fence.next();
    expect(peer.arrived.filter((m) => m.kind === "request" && m.method === "ACK")).to.have.length(1);
  });

  it("cancels after 180 and shows the 487", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    peer.answer(invite, 180, { toTag: "b" });
    expect((await exchange.next()).response.status).to.equal(180);
    exchange.sent.cancel();
    const cancel = await peer.request("CANCEL");
    expect(cancel.topVia.branch).to.equal(invite.topVia.branch);
    expect([cancel.requestUri, cancel.cseq.number]).to.deep.equal([invite.requestUri, invite.cseq.number]);
    peer.answer(cancel, 200, { toTag: "b" });
    peer.answer(invite, 487, { toTag: "b" });
    expect((await exchange.next()).response.status).to.equal(487);
  });

  it("holds a CANCEL until a provisional response has come, 100 included", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    await new Promise((resolve) => {
      exchange.sent.cancel(resolve);
    });
    expect(peer.arrived.every((m) => m.kind === "request" && m.method === "INVITE")).to.equal(true);
    peer.answer(invite, 100);
    peer.answer(await peer.request("CANCEL"), 200, { toTag: "b" });
    peer.answer(invite, 487, { toTag: "b" });
    expect((await exchange.next()).response.status).to.equal(487);
  });

  it("ends the call when a 200 crosses the CANCEL, and says so", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    let call: Promise<SrfDialog> | undefined;
    const sent = await new Promise<SrfRequest>((resolve) => {
      const cbRequest = (_error: unknown, request: SrfRequest): void => {
        resolve(request);
      };
      call = application.createUAC(peer.uri(), { localSdp: SDP }, { cbRequest });
    });
    const invite = await peer.request("INVITE");
    peer.answer(invite, 180, { toTag: "b" });
    sent.cancel();
    await peer.request("CANCEL");
    peer.accept(invite, "b", [], SDP);
    const dialog = await call!;
    const destroyed = new Promise<string>((resolve) =>
      dialog.on("destroy", (_: unknown, reason: string) => {
        resolve(reason);
      }),
    );
    await peer.request("ACK");
    const bye = await peer.request("BYE");
    peer.answer(bye, 200);
    expect(await destroyed).to.equal("ACK-BYE due to cancel race condition");
  });

  it("carries the answer to a delayed offer in the ACK", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE" });
    const invite = await peer.request("INVITE");
    expect(invite.body).to.have.length(0);
    peer.accept(invite, "b", [], SDP);
    const { acknowledge } = await exchange.next();
    acknowledge({ body: SDP });
    const ack = await peer.request("ACK");
    expect([ack.body.toString(), ack.get("Content-Type")]).to.deep.equal([SDP, "application/sdp"]);
  });

  it("acknowledges a repeated 200 again without the application", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    const ok = peer.accept(invite, "b", [], SDP);
    (await exchange.next()).acknowledge();
    const first = await peer.request("ACK");
    peer.send(ok, bench.sip);
    const second = await peer.request("ACK");
    expect(second.toOctets().equals(first.toOctets())).to.equal(true);
  });
}

export function drachtioUacSuite(open: () => Promise<DrachtioServer>): void {
  describe("requests of the application", () => {
    const bench = new Bench(open);
    newRequests(bench);
    unresolved(bench);
  });
  describe("calls of the application", () => {
    invites(new Bench(open));
  });
}
