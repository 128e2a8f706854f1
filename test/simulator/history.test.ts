import { expect } from "chai";
import { History } from "../../src/simulator/history.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { rejection } from "../support/rejection.ts";

describe("History", () => {
  const wait = { timeoutMs: 100, onTimeout: () => new Error("too late") };

  it("finds what came before the wait, for any number of waits", async () => {
    const history = new History<number>(new FakeClock());
    history.add(1);
    history.add(2);
    expect(await history.first((item) => item > 1, wait)).to.equal(2);
    expect(await history.first((item) => item > 1, wait)).to.equal(2);
  });

  it("finds what comes later and leaves no timer behind", async () => {
    const clock = new FakeClock();
    const history = new History<number>(clock);
    const waiting = history.first((item) => item === 2, wait);
    history.add(1);
    history.add(2);
    expect(await waiting).to.equal(2);
    expect(clock.timerCount).to.equal(0);
  });

  it("passes over items before `from`, kept or to come", async () => {
    const history = new History<number>(new FakeClock());
    history.add(1);
    const waiting = history.first(() => true, { ...wait, from: 1 });
    history.add(2);
    expect(await waiting).to.equal(2);
  });

  it("fails when the time is over", async () => {
    const clock = new FakeClock();
    const waiting = rejection(new History<number>(clock).first(() => true, wait));
    clock.advance(99);
    expect(clock.timerCount).to.equal(1);
    clock.advance(1);
    expect((await waiting).message).to.equal("too late");
  });

  it("fails waits, present and later, once nothing more will come, but still finds what was kept", async () => {
    const clock = new FakeClock();
    const history = new History<number>(clock);
    history.add(1);
    const waiting = rejection(history.first((item) => item === 2, wait));
    history.end(new Error("over"));
    history.end(new Error("over again"));
    expect((await waiting).message).to.equal("over");
    expect((await rejection(history.first((item) => item === 2, wait))).message).to.equal("over");
    expect(await history.first((item) => item === 1, wait)).to.equal(1);
    expect(clock.timerCount).to.equal(0);
  });
});
