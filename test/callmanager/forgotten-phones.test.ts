import { expect } from "chai";
import { CALLER, connect } from "./support/connect.ts";
import { quiet, type RawPhone } from "./support/raw-phone.ts";
import { TestWorld } from "./support/world.ts";

/** Longer than anything is repeated, ms. */
const LONG_MS = 200_000;

describe("a phone that the call manager is to forget", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  beforeEach(async () => {
    world = await TestWorld.start();
    alice = await world.registered("1002");
    bob = await world.registered("1003");
  });
  afterEach(() => world.close());

  function forget({ options: { host } }: RawPhone): void {
    world.manager.forget("", { protocol: "udp", host, port: 5062 });
  }

  it("is no longer registered, and hears nothing of the call that it leaves; the other phone gets BYE", async () => {
    await connect(alice, bob);
    forget(bob);
    expect(world.manager.registrations().map(({ line }) => line.directoryNumber)).to.deep.equal(["1002"]);
    expect(world.manager.activeCalls()).to.equal(0);
    expect(await alice.waiting()).to.deep.equal(["BYE"]);
    await world.clock.advanceAsync(LONG_MS);
    expect(await bob.waiting()).to.deep.equal([]);
  });

  it("is not the phone that has the same port over another transport", async () => {
    await connect(alice, bob);
    world.manager.forget("", { protocol: "tcp", host: bob.options.host, port: 5062 });
    expect(world.manager.registrations()).to.have.length(2);
    expect(world.manager.activeCalls()).to.equal(1);
    expect(await alice.waiting()).to.deep.equal([]);
  });

  it("gets no more copies of a BYE that it did not answer", async () => {
    const { callerDialog } = await connect(alice, bob);
    await alice.sendIn(callerDialog, "BYE");
    await bob.take("BYE");
    forget(bob);
    await world.clock.advanceAsync(LONG_MS);
    expect(bob.engine.counters.retransmissions).to.equal(0);
  });

  it("rings no longer: the caller hears that it can't be reached, and it gets no copies of the INVITE", async () => {
    const call = await alice.call("1003", CALLER);
    await bob.take("INVITE");
    forget(bob);
    await quiet();
    expect(call.final.status).to.equal(503);
    await world.clock.advanceAsync(LONG_MS);
    expect(bob.engine.counters.retransmissions).to.equal(0);
    expect(await bob.waiting()).to.deep.equal([]);
  });

  it("takes the call with it that it makes: the called phone gets CANCEL, it gets no 487", async () => {
    const call = await alice.call("1003", CALLER);
    await bob.respond(await bob.take("INVITE"), 180);
    forget(alice);
    await world.clock.advanceAsync(LONG_MS);
    expect(bob.cancels).to.have.length(1);
    expect(call.statuses).to.deep.equal([100, 401, 100, 180]);
  });
});
