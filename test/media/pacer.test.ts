import { expect } from "chai";
import { Pacer } from "../../src/media/pacer.ts";
import { FakeClock } from "../support/fake-clock.ts";

describe("the beat of the streams", () => {
  let clock: FakeClock;
  let pacer: Pacer;
  let frames: number[];
  const member = { frame: (index: number) => void frames.push(index) };
  beforeEach(() => {
    clock = new FakeClock();
    pacer = new Pacer(clock);
    frames = [];
  });

  it("is one timer for all, and none when nobody listens", () => {
    const other = { frame: () => undefined };
    pacer.add(member);
    pacer.add(other);
    expect(clock.timerCount).to.equal(1);
    clock.advance(60);
    expect(frames).to.deep.equal([1, 2, 3]);
    pacer.remove(member);
    expect(clock.timerCount).to.equal(1);
    pacer.remove(other);
    expect(clock.timerCount).to.equal(0);
  });

  it("keeps to its grid though each timer is late", () => {
    const late = { now: () => clock.now(), wallTime: () => 0 };
    pacer = new Pacer({ ...late, setTimer: (delayMs, callback) => clock.setTimer(delayMs + 3, callback) });
    const offsets: number[] = [];
    pacer.add({ frame: () => void offsets.push(clock.now() % 20) });
    clock.advance(20 * 100 + 3);
    expect(offsets).to.deep.equal(Array(100).fill(3));
  });

  it("does not send ahead of time when a timer is early", () => {
    const early = { now: () => clock.now(), wallTime: () => 0 };
    pacer = new Pacer({ ...early, setTimer: (delayMs, callback) => clock.setTimer(Math.ceil(delayMs / 2), callback) });
    pacer.add(member);
    clock.advance(100);
    expect(frames).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it("makes up for five frames after a stop, and leaves out the rest", () => {
    let held = 0;
    const slow = { now: () => clock.now() + held, wallTime: () => 0 };
    pacer = new Pacer({ ...slow, setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback) });
    pacer.add(member);
    clock.advance(20);
    held = 1000;
    clock.advance(20);
    expect(frames).to.deep.equal([1, 48, 49, 50, 51, 52]);
  });

  it("goes on counting over a pause, so that timestamps follow the time", () => {
    pacer.add(member);
    clock.advance(40);
    pacer.remove(member);
    clock.advance(100);
    pacer.add(member);
    clock.advance(20);
    expect(frames).to.deep.equal([1, 2, 8]);
  });
});
