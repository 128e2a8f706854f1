import { expect } from "chai";
import { createSocket } from "node:dgram";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { parseSdp } from "../../src/sdp/index.ts";
import type { IncomingCall, OutgoingCall, PhoneTls, SimulatedPhone, TracedMessage } from "../../src/simulator/index.ts";
import { noTls } from "../../src/simulator/phone-tls.ts";
import { SipResponse, TemporaryAuthority } from "../../src/sip/index.ts";
import { answerWithDigest, LoopbackPhones } from "../support/loopback-phones.ts";
import { rejection } from "../support/rejection.ts";

/** `> INVITE`, `< 200`: what crossed the wire, copies left out. */
function shown(phone: SimulatedPhone): string[] {
  return phone.trace.entries
    .filter(({ notes }) => !notes.includes("retransmission"))
    .map(({ direction, octets }) => {
      const [first, second] = octets.toString("latin1").split(" ");
      return `${direction === "sent" ? ">" : "<"} ${(first === "SIP/2.0" ? second : first) ?? ""}`;
    });
}

describe("phones on loopback", () => {
  let bench: LoopbackPhones;

  beforeEach(() => {
    bench = new LoopbackPhones();
  });

  afterEach(async () => {
    await bench.close();
  });

  for (const protocol of ["udp", "tcp"] as const) {
    it(`register over ${protocol}, and unregister when closed`, async () => {
      const seen: string[] = [];
      const port = await bench.openRegistrar((transaction) => {
        seen.push(transaction.request.get("Expires") ?? "");
        answerWithDigest(transaction);
      }, protocol);
      const alice = await bench.open("alice", port, { protocol });
      const { final, expiresSeconds, contacts } = await alice.register();
      expect(final.status).to.equal(200);
      expect(expiresSeconds).to.equal(120);
      expect(contacts[0]?.uriText).to.equal(
        `sip:1002@127.0.0.1:${alice.address.port}${protocol === "tcp" ? ";transport=tcp" : ""}`,
      );
      expect(shown(alice)).to.deep.equal(["> REGISTER", "< 401", "> REGISTER", "< 200"]);
      await alice.close();
      expect(seen).to.deep.equal(["3600", "3600", "0", "0"]);
    });
  }

  it("send headers in the order of their profile, below drachtio-srf", async () => {
    const port = await bench.openRegistrar(answerWithDigest);
    const lab = bench.lab;
    const [device] = lab.devices;
    const phoneProfile = { ...device!.phoneProfile, headerOrder: ["CSeq", "f", "Via", "i"] };
    const alice = await bench.open("alice", port, { device: { ...device!, phoneProfile } });
    await alice.register();
    const names = alice.trace.entries[0]!.octets.toString()
      .split("\r\n")
      .slice(1, 5)
      .map((line) => line.split(":")[0]);
    expect(names).to.deep.equal(["CSeq", "f", "Via", "i"]);
  });

  it("hand each message to the record, with its notes", async () => {
    const recorded: TracedMessage[] = [];
    const port = await bench.openRegistrar(answerWithDigest);
    const alice = await bench.open("alice", port, { record: (entry) => recorded.push(entry) });
    alice.wire.drop("REGISTER", { times: 1 });
    const exchange = await alice.register();
    expect(exchange.final.status).to.equal(200);
    expect(recorded).to.deep.equal(alice.trace.entries);
    expect(recorded[0]?.notes).to.deep.equal(["dropped"]);
    expect(recorded[1]?.notes).to.deep.equal([]);
  });

  it("say that nobody listens at the target", async () => {
    const alice = await bench.open("alice", await freePort(), { protocol: "tcp" });
    expect(await rejection(alice.register())).to.have.property("code", "ERR_TARGET_UNREACHABLE");
  });

  describe("over TLS", () => {
    const authority = new TemporaryAuthority(systemClock, randomIds());
    const tls = (ca: string): PhoneTls => ({
      ...noTls,
      client: () => ({ ca, ...authority.issue({ commonName: "alice" }) }),
      server: () => authority.issue({ commonName: "alice" }),
    });
    const registrar = async (): Promise<number> =>
      await bench.openRegistrar(answerWithDigest, "tls", {
        ...authority.issue({ commonName: "target", hosts: ["127.0.0.1"] }),
        ca: authority.ca,
        requestClientCertificate: true,
      });

    it("register, show their certificate, and tell where they listen with TLS", async () => {
      const alice = await bench.open("alice", await registrar(), { protocol: "tls", tls: tls(authority.ca) });
      const { final, requests } = await alice.register();
      expect(final.status).to.equal(200);
      expect(requests[0]?.get("Contact")).to.equal(`<sip:1002@127.0.0.1:${alice.address.port};transport=tls>`);
      expect(requests[0]?.topVia.protocol).to.equal("TLS");
      expect(alice.trace.entries.map(({ protocol }) => protocol)).to.deep.equal(["tls", "tls", "tls", "tls"]);
    });

    it("check the target's certificate, and say what is wrong with it", async () => {
      const stranger = new TemporaryAuthority(systemClock, randomIds());
      const alice = await bench.open("alice", await registrar(), { protocol: "tls", tls: tls(stranger.ca) });
      const error = await rejection(alice.register());
      expect(error).to.have.property("code", "ERR_TARGET_UNREACHABLE");
      expect(error.message).to.match(
        /^alice could not send REGISTER: The certificate of tls:127\.0\.0\.1:\d+ is refused/,
      );
    });
  });

  it("say that the target is silent", async () => {
    await using silent = await boundSocket(0);
    const lab = { ...bench.lab, waits: { ...bench.lab.waits, answerMs: 50 } };
    const alice = await bench.open("alice", silent.port, { lab });
    const error = await rejection(alice.register());
    expect(error).to.have.property("code", "ERR_WAIT_TIMEOUT");
    expect(error.details).to.deep.include({ silent: true, lastSeen: "nothing" });
  });

  it("are not opened for a transport that the target does not offer", async () => {
    const target = { host: "127.0.0.1", ports: { tcp: 5060 }, domain: "h" };
    const error = await rejection(bench.open("alice", 5060, { target }));
    expect(error).to.have.property("code", "ERR_TRANSPORT_NOT_OFFERED");
    expect(error.message).to.include("uses udp, which the target does not offer (tcp)");
  });

  it("bind ports of the lab's range, and say when there is none left", async () => {
    const first = await freePortPair();
    const lab = { ...bench.lab, local: { ...bench.lab.local, ports: [first, first + 1] as const } };
    const phones = [await bench.open("alice", 5060, { lab }), await bench.open("bob", 5060, { lab })];
    expect(phones.map(({ address }) => address.port)).to.have.members([first, first + 1]);
    expect(await rejection(bench.open("bob", 5060, { lab }))).to.have.property("code", "ERR_ADDRESS_IN_USE");
  });

  it("answer OPTIONS and NOTIFY of a stranger, marked as background", async () => {
    const bob = await bench.open("bob", 5060);
    const alice = await bench.open("alice", bob.address.port);
    for (const method of ["OPTIONS", "NOTIFY", "INFO"]) {
      const headers = { Event: "message-summary", "Subscription-State": "active" };
      expect((await alice.request(method, { to: bob, headers })).final.status).to.equal(200);
      expect((await bob.nextRequest(method)).method).to.equal(method);
    }
    expect(bob.trace.entries.every(({ notes }) => notes.includes("background"))).to.equal(true);
    expect(alice.trace.entries.some(({ notes }) => notes.includes("background"))).to.equal(false);
  });

  it("claim that no INVITE came only with the target's word", async () => {
    const bob = await bench.open("bob", 5060);
    const alice = await bench.open("alice", bob.address.port);
    await alice.noInvite();
    expect(shown(alice)).to.deep.equal(["> OPTIONS", "< 200"]);
  });

  it("close at once when they have done nothing", async () => {
    const alice = await bench.open("alice", 5060);
    await alice.close();
    await alice.close();
    expect(await rejection(alice.register())).to.have.property("code", "ERR_PHONE_CLOSED");
  });

  it("say that they are closed when their front is gone", async () => {
    const lab = { ...bench.lab, waits: { ...bench.lab.waits, answerMs: 50 } };
    const alice = await bench.open("alice", 5060, { lab });
    await bench.closeFront();
    // By the end of this wait the library knows that its connection is gone.
    await rejection(alice.register());
    expect(await rejection(alice.register())).to.have.property("code", "ERR_PHONE_CLOSED");
    await alice.close();
  });

  describe("calling each other directly", () => {
    let alice: SimulatedPhone;
    let bob: SimulatedPhone;

    beforeEach(async () => {
      bob = await bench.open("bob", 5060);
      alice = await bench.open("alice", bob.address.port);
    });

    async function connected(sdp?: null): Promise<{ call: OutgoingCall; incoming: IncomingCall }> {
      const media = ["audio", "video"] as const;
      const call = await alice.call(bob, { media, ...(sdp === undefined ? {} : { sdp }) });
      const incoming = await bob.nextInvite();
      await incoming.ring();
      await incoming.accept({ media });
      return { call, incoming };
    }

    for (const [offer, sdp] of [
      ["early", undefined],
      ["delayed", null],
    ] as const) {
      it(`agree on one session with ${offer} offer`, async () => {
        const { call, incoming } = await connected(sdp);
        expect((await call.provisional()).status).to.equal(180);
        expect((await call.final()).status).to.equal(200);
        const [hers, his] = [await call.session(), await incoming.session()];
        expect(hers.local).to.deep.equal(his.remote);
        expect(hers.remote).to.deep.equal(his.local);
        expect(hers.localRole).to.equal(sdp === null ? "answerer" : "offerer");
        expect(his.localRole).not.to.equal(hers.localRole);
        expect(hers.answer.media.map(({ kind, port }) => [kind, port > 0])).to.deep.equal([
          ["audio", true],
          ["video", true],
        ]);
      });
    }

    it("hold, resume and renegotiate from either side", async () => {
      const { call, incoming } = await connected();
      for (const [mine, theirs] of [
        [call, incoming],
        [incoming, call],
      ] as const) {
        expect((await mine.hold()).status).to.equal(200);
        expect((await theirs.session()).answer.media[0]?.attributes).to.deep.include({ name: "recvonly" });
        expect((await mine.resume()).status).to.equal(200);
        expect((await mine.reinvite({ media: ["audio"] })).status).to.equal(200);
        expect((await theirs.session()).remote.media.map(({ port }) => port > 0)).to.deep.equal([true, false]);
        expect((await mine.reinvite({ sdp: null })).status).to.equal(200);
        expect((await mine.session()).localRole).to.equal("answerer");
        expect((await theirs.session()).localRole).to.equal("offerer");
      }
    });

    it("hang up from either side", async () => {
      const first = await connected();
      expect((await first.call.hangUp()).status).to.equal(200);
      await first.incoming.nextRequest("BYE");
      expect(first.incoming.ended).to.equal(true);
      const second = await connected();
      const [response, bye] = await Promise.all([second.incoming.hangUp(), alice.nextRequest("BYE")]);
      expect(response.status).to.equal(200);
      expect(bye.callId).to.equal(second.call.invite.callId);
      expect(second.call.ended).to.equal(true);
    });

    it("reject, with status, reason and headers", async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(480, { reason: "Not Now", headers: { "Retry-After": "5" } });
      const final = await call.final();
      expect([final.status, final.reason, final.get("Retry-After")]).to.deep.equal([480, "Not Now", "5"]);
      expect(shown(alice).at(-1)).to.equal("> ACK");
    });

    it("cancel", async () => {
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await incoming.ring();
      await call.provisional(180);
      const [final] = await Promise.all([
        call.cancel({ headers: { Reason: "SIP;cause=200" } }),
        incoming.cancelled(),
        bob.nextRequest("CANCEL"),
      ]);
      expect(final.status).to.equal(487);
      expect(bob.openCalls()).to.deep.equal([]);
    });

    it("say what their stack refuses to send", async () => {
      expect(await rejection(alice.call("sip:a b@h"))).to.have.property("code", "ERR_REQUEST_REFUSED");
      expect(alice.openCalls()).to.deep.equal([]);
      await alice.call(bob);
      const incoming = await bob.nextInvite();
      expect(await rejection(incoming.reject(699))).to.have.property("code", "ERR_RESPONSE_REFUSED");
      await incoming.reject(603);
      expect(await rejection(alice.request("FROBNICATE", { to: bob }))).to.have.property("code", "ERR_REQUEST_REFUSED");
    });

    it("renegotiate by UPDATE", async () => {
      const { call, incoming } = await connected();
      const body = call.invite.body.toString().replace(/^m=video \d+/m, "m=video 0");
      expect((await call.request("UPDATE", { body, contentType: "application/sdp" })).final.status).to.equal(200);
      expect((await incoming.session()).offer).to.deep.equal(parseSdp(body));
      expect((await call.session()).answer).to.deep.equal((await incoming.session()).answer);
    });

    it("cannot send within a call that the other side has hung up", async () => {
      const { call, incoming } = await connected();
      await Promise.all([incoming.hangUp(), alice.nextRequest("BYE")]);
      expect(await rejection(call.request("INFO"))).to.have.property("code", "ERR_HUNG_UP");
    });

    it("send any request within the call", async () => {
      const { call, incoming } = await connected();
      const body = "Signal=5\r\nDuration=160\r\n";
      const { final } = await call.request("INFO", { body, contentType: "application/dtmf-relay" });
      expect(final.status).to.equal(200);
      expect((await incoming.nextRequest("INFO")).body.toString()).to.equal(body);
      const { local } = await call.session();
      const offer = parseSdp(call.invite.body.toString());
      expect(local.origin.sessionVersion).to.equal(offer.origin.sessionVersion);
    });

    it("get a lost ACK again, since the 200 is repeated", async () => {
      const rule = alice.wire.drop("ACK", { times: 1 });
      const { incoming } = await connected();
      expect(rule.hits).to.equal(1);
      expect(incoming.ended).to.equal(false);
      expect(bob.trace.entries.filter(({ notes }) => notes.includes("retransmission"))).not.to.have.length(0);
    });

    it("are left without a call when either is closed in the middle", async () => {
      const { incoming } = await connected();
      const ringing = await alice.call(bob);
      const second = await bob.nextInvite();
      await alice.close();
      await incoming.nextRequest("BYE");
      await second.cancelled();
      expect(bob.openCalls()).to.deep.equal([]);
      expect(ringing.ended).to.equal(true);
    });
  });

  it("answer a challenge to INVITE, BYE and re-INVITE alike", async () => {
    const methods: string[] = [];
    const port = await bench.openRegistrar((transaction) => {
      const { request, toTag } = transaction;
      const known = request.has("Proxy-Authorization");
      methods.push(`${request.method} ${known ? "with" : "without"}`);
      const body = known && request.method === "INVITE" ? request.body : Buffer.alloc(0);
      const challenge = ["Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'] as const;
      transaction.respond(
        SipResponse.to(request, known ? 200 : 407, {
          toTag,
          headers: [
            known ? ["Contact", `<sip:cm@127.0.0.1:${port}>`] : challenge,
            ...(body.length > 0 ? [["Content-Type", "application/sdp"] as const] : []),
          ],
          body,
        }),
      );
    });
    const alice = await bench.open("alice", port);
    const call = await alice.call("1009");
    expect((await call.final()).status).to.equal(200);
    expect((await call.hold()).status).to.equal(200);
    expect((await call.hangUp()).status).to.equal(200);
    expect(methods).to.deep.equal(
      ["INVITE", "INVITE", "BYE"].flatMap((method) => [`${method} without`, `${method} with`]),
    );
    expect(shown(alice).filter((line) => line === "> ACK")).to.have.length(4);
  });
});

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
  await using socket = await boundSocket(0);
  return socket.port;
}

/** The first of two neighbouring ones. */
async function freePortPair(): Promise<number> {
  for (;;) {
    await using first = await boundSocket(0);
    try {
      await using second = await boundSocket(first.port + 1);
      return second.port - 1;
    } catch {
      // Somebody has the neighbour.
    }
  }
}

async function boundSocket(port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, "127.0.0.1", resolve);
  });
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) =>
        socket.close(() => {
          resolve();
        }),
      ),
  };
}
