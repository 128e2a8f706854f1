import { expect } from "chai";
import { delay } from "../../src/core/clock.ts";
import { Disposer } from "../../src/core/disposal.ts";
import { seededIds } from "../../src/core/ids.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { openDrachtioFront, type DrachtioEndpoint } from "../../src/drachtio/index.ts";
import {
  createSharedPhone,
  SharedDrachtio,
  type SimulatedPhone,
  type TracedMessage,
} from "../../src/simulator/index.ts";
import { SipPeer } from "../conformance/drachtio-peer.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { deviceOf, testLab } from "../support/test-phone.ts";

const lab = testLab();
const clock = systemClock;

describe("phones that share a drachtio-server", () => {
  const ids = seededIds(`shared ${systemClock.now()}`);
  let disposer: Disposer;
  let endpoint: DrachtioEndpoint;
  let drachtio: SharedDrachtio;
  let peer: SipPeer;
  let recorded: TracedMessage[];

  beforeEach(async () => {
    disposer = new Disposer();
    recorded = [];
    const front = disposer.use(await openDrachtioFront({ clock, ids }));
    const listen = [{ protocol: "udp", host: "127.0.0.1", port: 0 } as const];
    endpoint = await front.openEndpoint({ listen, secret: "s3cret", contacts: "rewritten" });
    const { connectOptions } = endpoint;
    drachtio = disposer.use(await SharedDrachtio.connect({ connectOptions, clock, ids, log: silentLogger }));
    peer = await SipPeer.open();
  });

  afterEach(async () => {
    await disposer.close();
    await peer.close();
  });

  function open(name: string, protocol: "udp" | "tcp" = "udp"): SimulatedPhone {
    const device = deviceOf(lab, name);
    return createSharedPhone({
      name,
      device: { ...device, phoneProfile: { ...device.phoneProfile, transport: protocol } },
      target: { host: "127.0.0.1", ports: { udp: peer.port, tcp: peer.port }, domain: "cm.example.com" },
      localHost: "127.0.0.1",
      drachtio,
      lab,
      clock,
      ids,
      record: (entry) => recorded.push(entry),
    });
  }

  /** The URI under which a phone registers. */
  async function register(phone: SimulatedPhone): Promise<string> {
    const registering = phone.register();
    const register = await peer.request("REGISTER");
    const { contacts } = register;
    const uri = contacts === "*" ? "" : (contacts[0]?.uriText ?? "");
    peer.answer(register, 200, { toTag: "t", headers: [["Contact", `<${uri}>`]] });
    expect((await registering).final.status).to.equal(200);
    return uri;
  }

  it("are told apart by their Contacts, and a call rings at the one it is for", async () => {
    const [alice, bob] = [open("alice"), open("bob")];
    const [here, there] = [await register(alice), await register(bob)];
    const { port } = endpoint.addresses[0]!;
    expect(here).to.match(new RegExp(`^sip:1002-[0-9a-f]{8}@127\\.0\\.0\\.1:${port}$`));
    expect(there).to.match(/^sip:1009-/);
    const invite = peer.newRequest("INVITE", endpoint.addresses[0]!, [["Content-Type", "application/sdp"]], OFFER);
    invite.requestUri = there;
    peer.send(invite, endpoint.addresses[0]!);
    const call = await bob.nextInvite({ line: 0 });
    await call.ring();
    const accepting = call.accept();
    const ok = await peer.response(200, "INVITE");
    peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), endpoint.addresses[0]!);
    await accepting;
    peer.send(peer.inDialog("BYE", { request: invite, response: ok, cseq: 2 }), endpoint.addresses[0]!);
    await peer.response(200, "BYE");
    expect([call.ended, alice.openCalls(), bob.openCalls()]).to.deep.equal([true, [], []]);
    expect(ok.body.toString()).to.include("c=IN IP4 127.0.0.1");
  });

  it("call each on its own behalf, and record what the server tells", async () => {
    const alice = open("alice");
    const calling = alice.call("1009", { sdp: null });
    const invite = await peer.request("INVITE");
    peer.accept(invite, "b", [], OFFER);
    const call = await calling;
    expect((await call.final()).status).to.equal(200);
    expect((await peer.request("ACK")).body.toString()).to.include("m=audio");
    peer.send(peer.back("BYE", invite, call.responses.at(-1)!, 7), endpoint.addresses[0]!);
    await peer.response(200, "BYE");
    expect(call.ended).to.equal(true);
    // The server tells of the 200 a moment after it has sent it.
    while (recorded.length < 5) await delay(clock, 5);
    const shown = recorded.map(({ direction, octets }) => `${direction} ${octets.toString().split(" ", 2).join(" ")}`);
    expect(shown.map((line) => line.replace(/ sip:.*/, ""))).to.deep.equal([
      "sent INVITE",
      "received SIP/2.0 200",
      "sent ACK",
      "received BYE",
      "sent SIP/2.0 200",
    ]);
    expect(recorded[0]?.remote).to.equal(`127.0.0.1:${peer.port}`);
    expect(alice.everySdp({ direction: "both" })).to.have.length(2);
  });

  it("cancel and are cancelled, which is recorded", async () => {
    const alice = open("alice");
    const calling = alice.call("1009", { sdp: ANSWER });
    const invite = await peer.request("INVITE");
    peer.answer(invite, 180, { toTag: "b" });
    const call = await calling;
    await call.provisional();
    const cancelling = call.cancel();
    peer.answer(await peer.request("CANCEL"), 200, { toTag: "b" });
    peer.answer(invite, 487, { toTag: "b" });
    expect((await cancelling).status).to.equal(487);
    expect(recorded.filter(({ octets }) => octets.toString().startsWith("CANCEL"))).to.have.length(1);
  });

  it("are not reached by what is for none of them", async () => {
    open("alice");
    const [address] = endpoint.addresses;
    peer.send(peer.newRequest("OPTIONS", address!), address!);
    await peer.response(404, "OPTIONS");
  });

  it("leave what only an engine of their own can do to be skipped", async () => {
    const alice = open("alice");
    for (const attempt of [
      (): unknown => alice.trace,
      (): unknown => alice.mark(),
      (): unknown => alice.address.port,
      (): unknown => alice.wire.drop("ACK"),
      (): void => {
        alice.wire.sendRaw("x", endpoint.addresses[0]!);
      },
    ]) {
      expect(attempt).to.throw().with.property("code", "ERR_NOT_AVAILABLE");
    }
    const own = { headers: { Contact: "<sip:x@10.0.0.1>" } };
    expect(await rejection(alice.call("1009", own))).to.have.property("code", "ERR_NOT_AVAILABLE");
    expect(await rejection(alice.request("OPTIONS", { to: "1009", ...own }))).to.have.property(
      "code",
      "ERR_NOT_AVAILABLE",
    );
    expect([alice.wire.failure, alice.address.host]).to.deep.equal([undefined, "127.0.0.1"]);
    expect(() => open("bob", "tcp"))
      .to.throw()
      .with.property("code", "ERR_NOT_AVAILABLE");
  });

  it("do not get in with a wrong secret, nor where nobody is", async () => {
    for (const wrong of [{ secret: "wrong" }, { port: 9 }]) {
      const connectOptions = { ...endpoint.connectOptions, ...wrong };
      const error = await rejection(SharedDrachtio.connect({ connectOptions, clock, ids, log: silentLogger }));
      expect(error).to.have.property("code", "ERR_DRACHTIO_UNREACHABLE");
      expect(error.message).to.include(`127.0.0.1:${connectOptions.port}`);
    }
  });
});
