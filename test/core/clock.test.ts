import { expect } from "chai";
import { delay, settledWithin } from "../../src/core/clock.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";

describe("delay", () => {
  it("resolves when the time has passed on its clock, not before", async () => {
    const clock = new FakeClock();
    let done = false;
    void delay(clock, 50).then(() => (done = true));
    clock.advance(49);
    await settle();
    expect(done).to.equal(false);
    clock.advance(1);
    await settle();
    expect(done).to.equal(true);
  });

  it("rejects with the signal's reason and leaves no timer", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const waiting = delay(clock, 50, abort.signal).catch((error: unknown) => error);
    abort.abort(new Error("enough"));
    expect(((await waiting) as Error).message).to.equal("enough");
    expect(clock.timerCount).to.equal(0);
  });
});

describe("settledWithin", () => {
  it("resolves when the work has ended, well or not, and leaves no timer", async () => {
    const clock = new FakeClock();
    await settledWithin(clock, Promise.resolve(), 50);
    await settledWithin(clock, Promise.reject(new Error("oops")), 50);
    expect(clock.timerCount).to.equal(0);
  });

  it("resolves when the time is up though the work goes on", async () => {
    const clock = new FakeClock();
    let done = false;
    void settledWithin(clock, new Promise(() => undefined), 50).then(() => (done = true));
    clock.advance(49);
    await settle();
    expect(done).to.equal(false);
    clock.advance(1);
    await settle();
    expect(done).to.equal(true);
  });
});
