import { expect } from "chai";
import { startCallManager } from "../../src/callmanager/index.ts";
import { Disposer } from "../../src/core/disposal.ts";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock as clock } from "../../src/core/system-clock.ts";
import { openDrachtioFront } from "../../src/drachtio/index.ts";
import { parseLab } from "../../src/inventory/index.ts";
import {
  createPhone,
  type IncomingCall,
  type MediaReport,
  type OutgoingCall,
  type SimulatedPhone,
} from "../../src/simulator/index.ts";
import { rejection } from "../support/rejection.ts";
import { deviceOf } from "../support/test-phone.ts";

const LAB = `
target: { embedded: true }
waits: { answerMs: 3000, ringMs: 3000, settleMs: 10 }
sipProfiles:
  events-96: { telephoneEventPayloadType: 96 }
  events-96-early: { telephoneEventPayloadType: 96, earlyOffer: true }
users: { a: { password: pw }, b: { password: pw }, c: { password: pw } }
devices:
  alice: { type: advanced, digestUser: a, lines: ["1001"] }
  delayed: { type: advanced, digestUser: b, sipProfile: events-96, lines: ["1002"] }
  early: { type: advanced, digestUser: c, sipProfile: events-96-early, lines: ["1003"] }
`;

describe("RTP through the reference call manager", () => {
  let disposer: Disposer;
  let alice: SimulatedPhone;
  let reports: MediaReport[];
  let open: (name: string) => Promise<SimulatedPhone>;

  beforeEach(async () => {
    disposer = new Disposer();
    reports = [];
    const lab = parseLab(LAB, "test.lab.yaml", { env: {} });
    const ids = randomIds();
    const listen = [{ protocol: "udp", host: "127.0.0.1", port: 0 } as const];
    const manager = disposer.use(await startCallManager({ lab, listen, clock, ids }));
    const front = disposer.use(await openDrachtioFront({ clock, ids }));
    const target = { host: "127.0.0.1", ports: { udp: manager.addresses[0]!.port }, domain: lab.target.domain };
    const observe = (report: MediaReport): void => void reports.push(report);
    open = async (name) => {
      const device = deviceOf(lab, name);
      const options = { name, device, target, localHost: "127.0.0.1", front, lab, clock, ids, observe };
      const phone = disposer.use(await createPhone(options));
      await phone.register();
      return phone;
    };
    alice = await open("alice");
  });

  afterEach(async () => {
    await disposer.close();
  });

  async function connect(bob: SimulatedPhone): Promise<[OutgoingCall, IncomingCall]> {
    const call = await alice.call(bob, { media: ["audio", "video"] });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media: ["audio", "video"] });
    await call.final();
    return [call, incoming];
  }

  for (const name of ["delayed", "early"]) {
    it(`takes digits and audio between phones that number telephone-event 101 and 96 (${name} offer)`, async () => {
      const [call, incoming] = await connect(await open(name));
      await Promise.all([
        call.sendDigits("1#", { digitMs: 40 }),
        incoming.sendDigits("22", { digitMs: 40 }),
        call.nextAudio(),
        incoming.nextAudio(),
      ]);
      for (const side of [call, incoming]) {
        await side.nextDigit();
        await side.nextDigit();
        const [audio] = side.media().streams;
        expect(audio?.received).to.deep.include({ unlisted: 0, malformed: 0 });
        expect(audio?.received.events).to.be.greaterThan(0);
      }
      expect(incoming.digits().map(({ digit }) => digit)).to.deep.equal(["1", "#"]);
      expect(call.digits().map(({ digit }) => digit)).to.deep.equal(["2", "2"]);
    });

    it(`keeps that over hold and resume from either side (${name} offer)`, async () => {
      const [call, incoming] = await connect(await open(name));
      for (const [holder, other] of [
        [call, incoming],
        [incoming, call],
      ] as const) {
        expect((await holder.hold()).status).to.equal(200);
        const quiet = await holder.listen({ ms: 60 });
        expect(quiet.streams[0]?.received.packets).to.equal(0);
        expect(quiet.streams[0]?.sent.packets).to.be.greaterThan(0);
        expect((await holder.resume()).status).to.equal(200);
        await holder.nextAudio({ packets: 1 });
        await holder.sendDigits("5", { digitMs: 40 });
        expect((await other.nextDigit()).digit).to.equal("5");
        await other.sendDigits("6", { digitMs: 40 });
        expect((await holder.nextDigit()).digit).to.equal("6");
      }
    });
  }

  it("is told to whoever observes, when a call is over, and its ports are free", async () => {
    const bob = await open("delayed");
    const [call, incoming] = await connect(bob);
    await call.nextAudio();
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    expect(reports.map(({ title }) => title)).to.have.members([
      "alice's call to sip:1002@127.0.0.1",
      "delayed's call from sip:1001@127.0.0.1",
    ]);
    expect(call.media()).to.deep.equal(reports.find(({ title }) => title.startsWith("alice")));
    const packets = incoming.media().streams[0]!.received.packets;
    const again = await connect(bob);
    await again[1].nextAudio();
    expect(incoming.media().streams[0]?.received.packets).to.equal(packets);
  });

  it("names what is missing when no audio comes", async () => {
    const [call, incoming] = await connect(await open("delayed"));
    await incoming.hold();
    await incoming.listen({ ms: 1 });
    const failure = await rejection(incoming.nextAudio({ timeoutMs: 50 }));
    expect(failure.message).to.match(/waited 50 ms for audio in its call from .*told in SDP/);
    const ended = rejection(incoming.nextAudio());
    await call.hangUp();
    expect((await ended).message).to.contain("cannot hear audio: the other side has hung up its call from");
  });
});
