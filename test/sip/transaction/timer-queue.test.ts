import { expect } from "chai";
import { TimerEntry, TimerQueue } from "../../../src/sip/transaction/timer-queue.ts";
import { DEFAULT_TIMERS } from "../../../src/sip/transaction/timer-settings.ts";
import { FakeClock } from "../../support/fake-clock.ts";

class Note extends TimerEntry {
  readonly #note: () => void;

  constructor(note: () => void) {
    super();
    this.#note = note;
  }

  fallDue(): void {
    this.#note();
  }
}

describe("timer queue", () => {
  let clock: FakeClock;
  let queue: TimerQueue;
  let fired: string[];

  beforeEach(() => {
    clock = new FakeClock();
    queue = new TimerQueue(clock, DEFAULT_TIMERS);
    fired = [];
  });

  function entry(name: string): TimerEntry {
    return new Note(() => fired.push(`${clock.now()}: ${name}`));
  }

  it("lets entries fall due in the order of their times, whatever the order of setting", () => {
    const times = [32_000, 500, 4000, 5000, 700, 499, 1, 0, 40_000, 8000, 500.25];
    for (const at of times) queue.set(entry(String(at)), at);
    clock.advance(100_000);
    expect(fired).to.deep.equal([...times].sort((a, b) => a - b).map((at) => `${at}: ${at}`));
  });

  it("keeps the order of any times at all", () => {
    let seed = 1;
    const times: number[] = [];
    for (let index = 0; index < 500; index += 1) {
      seed = (seed * 48_271) % 2_147_483_647;
      times.push(seed % 50_000);
    }
    const entries = times.map((at) => entry(String(at)));
    for (const [index, waiting] of entries.entries()) queue.set(waiting, times[index] ?? 0);
    for (const [index, waiting] of entries.entries()) if (index % 3 === 0) queue.cancel(waiting);
    clock.advance(100_000);
    const kept = times.filter((_, index) => index % 3 !== 0).sort((a, b) => a - b);
    expect(fired).to.deep.equal(kept.map((at) => `${at}: ${at}`));
  });

  it("uses one timer of the clock, and none when nothing waits", () => {
    for (let at = 1; at < 100; at += 1) queue.set(entry("x"), at * 100);
    expect(clock.timerCount).to.equal(1);
    clock.advance(10_000);
    expect(fired).to.have.length(99);
    expect(clock.timerCount).to.equal(0);
  });

  it("moves an entry that is set again, earlier or later", () => {
    const first = entry("first");
    const second = entry("second");
    queue.set(first, 1000);
    queue.set(second, 1000);
    queue.set(first, 2000);
    queue.set(second, 500);
    clock.advance(10_000);
    expect(fired).to.deep.equal(["500: second", "2000: first"]);
  });

  it("forgets an entry that is cancelled, also while others fall due", () => {
    const last = entry("last");
    queue.set(
      new Note(() => {
        queue.cancel(last);
      }),
      100,
    );
    queue.set(last, 100);
    queue.set(entry("other"), 200);
    clock.advance(1000);
    expect(fired).to.deep.equal(["200: other"]);
  });

  it("takes entries set while others fall due", () => {
    queue.set(
      new Note(() => {
        queue.set(entry("now"), 100);
        queue.set(entry("later"), 150);
      }),
      100,
    );
    clock.advance(1000);
    expect(fired).to.deep.equal(["100: now", "150: later"]);
  });

  it("goes on after an entry that throws", () => {
    queue.set(
      new Note(() => {
        throw new Error("broken");
      }),
      100,
    );
    queue.set(entry("next"), 200);
    expect(() => {
      clock.advance(100);
    }).to.throw("broken");
    clock.advance(1000);
    expect(fired).to.deep.equal(["200: next"]);
  });

  it("leaves no timer once closed, and nothing falls due", () => {
    for (const at of [100, 500, 32_000]) queue.set(entry("x"), at);
    queue.close();
    expect(clock.timerCount).to.equal(0);
    clock.advance(100_000);
    expect(fired).to.deep.equal([]);
  });
});
