import { expect } from "chai";
import { startCallManager } from "../../src/callmanager/index.ts";
import { Disposer } from "../../src/core/disposal.ts";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock as clock } from "../../src/core/system-clock.ts";
import { openDrachtioFront } from "../../src/drachtio/index.ts";
import { parseLab } from "../../src/inventory/index.ts";
import { createPhone, type SimulatedPhone } from "../../src/simulator/index.ts";
import { deviceOf } from "../support/test-phone.ts";

const LAB = `
target: { embedded: true }
waits: { answerMs: 3000, ringMs: 3000, settleMs: 10 }
users:
  swhite: { password: pw-1 }
  jgreen: { password: pw-2 }
  cblack: { password: pw-3 }
securityProfiles:
  digest: { digestAuthentication: true }
phoneProfiles:
  tcp: { transport: tcp }
devices:
  alice: { type: advanced, digestUser: swhite, securityProfile: digest, lines: ["1002"] }
  bob: { type: advanced, digestUser: jgreen, securityProfile: digest, phoneProfile: tcp, lines: ["1003"] }
  carol: { type: basic, digestUser: cblack, lines: ["1004"] }
`;

describe("phones at the reference call manager", () => {
  let disposer: Disposer;
  let alice: SimulatedPhone;
  let bob: SimulatedPhone;
  let carol: SimulatedPhone;
  let bindings: () => number;

  beforeEach(async () => {
    disposer = new Disposer();
    const lab = parseLab(LAB, "test.lab.yaml", { env: {} });
    const ids = randomIds();
    const listen = (["udp", "tcp"] as const).map((protocol) => ({ protocol, host: "127.0.0.1", port: 0 }));
    const manager = disposer.use(await startCallManager({ lab, listen, clock, ids }));
    const front = disposer.use(await openDrachtioFront({ clock, ids }));
    const ports = Object.fromEntries(manager.addresses.map(({ protocol, port }) => [protocol, port]));
    const target = { host: "127.0.0.1", ports, domain: lab.target.domain };
    const open = async (name: string): Promise<SimulatedPhone> => {
      const options = { name, device: deviceOf(lab, name), target, localHost: "127.0.0.1", front, lab, clock, ids };
      return disposer.use(await createPhone(options));
    };
    [alice, bob, carol] = [await open("alice"), await open("bob"), await open("carol")];
    bindings = () => manager.registrations().length;
  });

  afterEach(async () => {
    await disposer.close();
  });

  it("register, refresh, and are refused with a wrong password", async () => {
    expect((await alice.register()).final.status).to.equal(200);
    expect((await alice.register()).expiresSeconds).to.equal(120);
    expect((await bob.register({ password: "wrong" })).final.isSuccess).to.equal(false);
    expect(bindings()).to.equal(1);
    expect((await alice.unregister()).final.status).to.equal(200);
    expect(bindings()).to.equal(0);
  });

  it("call, hold, resume and hang up, over udp and tcp", async () => {
    await Promise.all([alice.register(), bob.register()]);
    const media = ["audio", "video"] as const;
    const call = await alice.call(bob, { media });
    const incoming = await bob.nextInvite();
    await incoming.ring();
    await call.provisional(180);
    await incoming.accept({ media });
    expect((await call.final()).status).to.equal(200);
    for (const side of [call, incoming]) {
      const { remote } = await side.session();
      expect(remote.media.map(({ kind, port }) => [kind, port > 0])).to.deep.equal([
        ["audio", true],
        ["video", true],
      ]);
    }
    expect((await call.hold()).status).to.equal(200);
    expect((await call.resume()).status).to.equal(200);
    const [bye] = await Promise.all([incoming.hangUp(), alice.nextRequest("BYE")]);
    expect(bye.status).to.equal(200);
    expect(call.ended).to.equal(true);
  });

  it("transfer a call, blind and attended, and are told", async () => {
    await Promise.all([alice.register(), bob.register(), carol.register()]);
    const call = await alice.call(bob);
    const bobs = await bob.nextInvite();
    await bobs.accept();
    const blind = await call.transfer(carol);
    const carols = await carol.nextInvite();
    await carols.accept();
    expect([blind.final.status, await blind.ended()]).to.deep.equal([202, 100]);
    await alice.nextRequest("BYE");
    await Promise.all([bobs.nextAudio(), carols.nextAudio()]);
    const second = await bob.call(alice);
    await (await alice.nextInvite()).accept();
    await second.final();
    const attended = await bobs.transferTo(second);
    expect([attended.final.status, await attended.ended()]).to.deep.equal([202, 200]);
    await carols.nextAudio();
    expect([bobs.ended, second.ended]).to.deep.equal([true, true]);
    await Promise.all([carols.hangUp(), alice.nextRequest("BYE")]);
  });

  it("take over a call of their own by Replaces", async () => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob);
    const bobs = await bob.nextInvite();
    await bobs.accept();
    const { toTag = "" } = await call.final();
    const { callId, fromTag = "" } = call.invite;
    const named = `${callId};to-tag=${toTag};from-tag=${fromTag}`;
    const next = await alice.call(bob, { headers: { Replaces: named, Require: "replaces" } });
    expect((await next.final()).status).to.equal(200);
    await call.nextRequest("BYE");
    await Promise.all([bobs.nextAudio(), next.nextAudio()]);
    expect([call.ended, bobs.ended]).to.deep.equal([true, false]);
    await Promise.all([bobs.hangUp(), next.nextRequest("BYE")]);
  });

  it("transfer to a call that still rings", async () => {
    await Promise.all([alice.register(), bob.register(), carol.register()]);
    const call = await alice.call(bob);
    const bobs = await bob.nextInvite();
    await bobs.accept();
    const ringing = await alice.call(carol);
    const carols = await carol.nextInvite();
    await carols.ring();
    await ringing.provisional(180);
    expect((await call.transferTo(ringing)).final.status).to.equal(202);
    await Promise.all([carols.accept(), call.nextRequest("BYE")]);
    expect((await ringing.final()).status).to.equal(487);
    await Promise.all([bobs.nextAudio(), carols.nextAudio()]);
    await Promise.all([carols.hangUp(), bobs.nextRequest("BYE")]);
  });

  it("cancel, and leave nothing behind when closed in the middle of a call", async () => {
    await Promise.all([alice.register(), bob.register()]);
    const first = await bob.call(alice);
    const ringing = await alice.nextInvite();
    await ringing.ring();
    const [final] = await Promise.all([first.cancel(), ringing.cancelled()]);
    expect(final.status).to.equal(487);
    const second = await bob.call("1002");
    await (await alice.nextInvite()).accept();
    expect((await second.final()).status).to.equal(200);
    await bob.close();
    await alice.nextRequest("BYE");
    expect(bindings()).to.equal(1);
    await alice.close();
    expect(bindings()).to.equal(0);
  });
});
