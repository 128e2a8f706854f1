import { expect } from "chai";
import type { HeaderField, SipRequest } from "../../src/sip/message/index.ts";
import {
  Exchange,
  keeping,
  send,
  type SrfDialog,
  type SrfMessage,
  type Taken,
} from "../conformance/drachtio-application.ts";
import { Bench } from "../conformance/drachtio-bench.ts";
import { type EmbeddedServer, openEmbedded } from "../conformance/drachtio-embedded.ts";
import type { SipPeer } from "../conformance/drachtio-peer.ts";
import { prackFor, reliable } from "../conformance/drachtio-reliable.ts";
import { FakeClock } from "../support/fake-clock.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const TYPE: HeaderField = ["Content-Type", "application/sdp"];
const REQUIRE = { headers: { Require: "100rel" } };

describe("100rel of the front (RFC 3262)", () => {
  const clock = new FakeClock();
  let server: EmbeddedServer;
  const bench = new Bench(async () => (server = await openEmbedded({}, clock)));
  let before = 0;
  beforeEach(() => {
    before = server.endpoint.counters.dialogs;
  });
  /** Dialogs that this test has left. */
  const dialogs = (): number => server.endpoint.counters.dialogs - before;

  interface Called {
    readonly peer: SipPeer;
    readonly invite: SipRequest;
    readonly taken: Taken;
    readonly pracks: ReturnType<typeof keeping>;
    readonly createUas: () => Promise<SrfDialog>;
  }

  async function called(headers: HeaderField[] = [["Supported", "100rel"]]): Promise<Called> {
    const [invites, pracks] = [keeping(), keeping()];
    const application = await bench.application({ invite: invites.handler, prack: pracks.handler });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip, [TYPE, ...headers], SDP);
    peer.send(invite, bench.sip);
    const taken = await invites.next();
    const createUas = (): Promise<SrfDialog> => application.createUAS(taken.request, taken.response, { localSdp: SDP });
    return { peer, invite, taken, pracks, createUas };
  }

  /** The messages that have reached the peer once a request of its own is answered behind them. */
  async function statuses(peer: SipPeer): Promise<number[]> {
    peer.send(peer.newRequest("PUBLISH", bench.sip), bench.sip);
    await peer.response(503, "PUBLISH");
    return peer.arrived.flatMap((m) => (m.kind === "response" && m.cseq.method === "INVITE" ? [m.status] : []));
  }

  it("sends copies at T1, doubling without a limit, and refuses the call after 64*T1", async () => {
    const { peer, taken } = await called();
    await send(taken.response, 183, REQUIRE);
    const times: number[] = [];
    let copies = 1;
    for (let ms = 0; ms < 32_000; ms += 500) {
      clock.advance(500);
      const arrived = (await statuses(peer)).filter((status) => status === 183).length;
      if (arrived > copies) times.push(ms + 500);
      copies = arrived;
    }
    expect(times).to.deep.equal([500, 1500, 3500, 7500, 15_500, 31_500]);
    await peer.response(504, "INVITE");
    expect([dialogs(), server.endpoint.counters.incoming]).to.deep.equal([0, 0]);
    const late = await send(taken.response, 200, { body: SDP }).catch(String);
    expect(late).to.include("Response not sent due to unknown transaction");
  });

  it("keeps a second reliable response back until the first is acknowledged", async () => {
    const { peer, invite, taken, pracks } = await called();
    await send(taken.response, 183, REQUIRE);
    const echo = await send(taken.response, 180, REQUIRE);
    expect(await statuses(peer)).to.deep.equal([100, 183]);
    const first = await peer.response(183, "INVITE");
    peer.send(prackFor(peer, invite, first), bench.sip);
    const second = await peer.response(180, "INVITE");
    expect([Number(second.get("RSeq")), second.get("RSeq")]).to.deep.equal([
      Number(first.get("RSeq")) + 1,
      echo.get("RSeq"),
    ]);
    (await pracks.next()).response.send(200);
    await peer.response(200, "PRACK");
    peer.send(prackFor(peer, invite, first, 3), bench.sip);
    await peer.response(481, "PRACK");
    peer.send(prackFor(peer, invite, second, 4), bench.sip);
    (await pracks.next()).response.send(200);
    await peer.response(200, "PRACK");
    clock.advance(40_000);
    expect(await statuses(peer)).to.deep.equal([100, 183, 180]);
    await send(taken.response, 486);
    await peer.response(486, "INVITE");
  });

  it("keeps a 2xx back while a session description is unacknowledged", async () => {
    const { peer, invite, taken, pracks } = await called();
    await send(taken.response, 183, { ...REQUIRE, body: SDP });
    const early = await peer.response(183, "INVITE");
    const acknowledged = new Promise((resolve) => {
      taken.response.send(200, {}, () => undefined, resolve);
    });
    expect(await statuses(peer)).to.deep.equal([100, 183]);
    peer.send(prackFor(peer, invite, early), bench.sip);
    (await pracks.next()).response.send(200);
    await peer.response(200, "PRACK");
    const ok = await peer.response(200, "INVITE");
    peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
    await acknowledged;
  });

  it("lets a 2xx go ahead of the PRACK for a response without, which is still taken", async () => {
    const { peer, invite, taken, pracks } = await called();
    await send(taken.response, 180, REQUIRE);
    const early = await peer.response(180, "INVITE");
    await send(taken.response, 200);
    const ok = await peer.response(200, "INVITE");
    peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
    peer.send(prackFor(peer, invite, early), bench.sip);
    (await pracks.next()).response.send(200);
    await peer.response(200, "PRACK");
    clock.advance(10_000);
    expect((await statuses(peer)).filter((status) => status === 180)).to.have.length(1);
  });

  for (const [name, status, reason] of [
    ["is cancelled", 487, "CANCEL after 200 OK"],
    ["gets no PRACK", 504, "PRACK timeout"],
  ] as const) {
    it(`takes a call back from the application whose 2xx still waits when it ${name}`, async () => {
      const { peer, invite, taken, createUas } = await called();
      await send(taken.response, 183, { ...REQUIRE, body: SDP });
      await peer.response(183, "INVITE");
      const dialog = await createUas();
      const destroyed = new Promise<string>((resolve) => {
        dialog.on("destroy", (_bye: unknown, why: string) => {
          resolve(why);
        });
      });
      if (status === 504) clock.advance(32_000);
      else {
        const cancel = peer.newRequest("CANCEL", bench.sip, [["Call-ID", invite.callId]]);
        for (const header of ["Via", "From", "To"]) cancel.set(header, invite.get(header) ?? "");
        peer.send(cancel, bench.sip);
      }
      await peer.response(status, "INVITE");
      expect(await destroyed).to.equal(reason);
      expect(peer.arrived.some((m) => m.kind === "request")).to.equal(false);
      expect(dialogs()).to.equal(0);
    });
  }

  it("sends reliably to a caller that requires it, whether or not the application thinks of it", async () => {
    const { peer, invite, taken } = await called([["Require", "100rel"]]);
    await send(taken.response, 180);
    const ringing = await peer.response(180, "INVITE");
    expect(ringing.list("Require")).to.deep.equal(["100rel"]);
    peer.send(prackFor(peer, invite, ringing), bench.sip);
    await send(taken.response, 486);
  });

  it("ends an early call by the caller's BYE: 200 for it, 487 for the INVITE", async () => {
    const { peer, invite, taken } = await called();
    await send(taken.response, 183, REQUIRE);
    const early = await peer.response(183, "INVITE");
    peer.send(peer.inDialog("BYE", { request: invite, response: early, cseq: 2 }), bench.sip);
    await peer.response(487, "INVITE");
    expect(dialogs()).to.equal(0);
  });

  it("drops copies of a received response and one that skips a number", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    for (const rseq of [7, 7, 9, 8]) reliable(peer, invite, rseq);
    peer.answer(invite, 486, { toTag: "b" });
    const seen: string[] = [];
    for (let answer = await exchange.next(); ; answer = await exchange.next()) {
      if (answer.response.status === 486) break;
      seen.push(answer.response.get("RSeq"));
    }
    expect(seen).to.deep.equal(["7", "8"]);
    expect(dialogs()).to.equal(0);
  });

  it("sends each PRACK to the fork that waits for it, and forgets the forks that did not answer", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    const answers: SrfMessage[] = [];
    for (const [fork, rseq] of [
      ["a", 3],
      ["b", 3],
    ] as const) {
      reliable(peer, invite, rseq, fork);
      const { response, acknowledge } = await exchange.next();
      answers.push(response);
      acknowledge();
      const prack = await peer.request("PRACK");
      expect([prack.toTag, prack.requestUri]).to.deep.equal([fork, peer.uri(fork)]);
      peer.answer(prack, 200);
    }
    expect(dialogs()).to.equal(2);
    peer.answer(invite, 200, { toTag: "a", headers: [["Contact", `<${peer.uri("a")}>`], TYPE], body: SDP });
    (await exchange.next()).acknowledge();
    expect((await peer.request("ACK")).toTag).to.equal("a");
    expect(dialogs()).to.equal(1);
    const bye = await Exchange.send(application, "sip:placeholder", {
      method: "BYE",
      stackDialogId: answers[0]?.stackDialogId,
    });
    const sent = await peer.request("BYE");
    expect([sent.toTag, sent.cseq.number]).to.deep.equal(["a", invite.cseq.number + 2]);
    peer.answer(sent, 200);
    await bye.next();
  });

  it("ends a second fork that is answered with a BYE behind the numbers used in it", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const exchange = await Exchange.send(application, peer.uri(), { method: "INVITE", body: SDP });
    const invite = await peer.request("INVITE");
    reliable(peer, invite, 3, "a");
    (await exchange.next()).acknowledge();
    peer.answer(await peer.request("PRACK"), 200);
    for (const fork of ["b", "a"]) {
      peer.answer(invite, 200, { toTag: fork, headers: [["Contact", `<${peer.uri(fork)}>`], TYPE], body: SDP });
    }
    (await exchange.next()).acknowledge();
    const bye = await peer.request("BYE");
    expect([bye.toTag, bye.cseq.number]).to.deep.equal(["a", invite.cseq.number + 2]);
    peer.answer(bye, 200);
  });

  it("answers an early UPDATE behind the final response to its INVITE too", async () => {
    const { peer, invite, taken } = await called();
    const updates = keeping();
    taken.request.on("update", (request, response) => {
      updates.handler(request, response, () => undefined);
    });
    await send(taken.response, 183, REQUIRE);
    const early = await peer.response(183, "INVITE");
    peer.send(peer.inDialog("UPDATE", { request: invite, response: early, cseq: 2 }), bench.sip);
    const update = await updates.next();
    await send(taken.response, 486);
    await peer.response(486, "INVITE");
    await send(update.response, 200);
    expect((await peer.response(200, "UPDATE")).contacts).to.have.length(1);
    expect(server.endpoint.counters.incoming).to.equal(0);
  });
});
