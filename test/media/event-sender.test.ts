import { expect } from "chai";
import { EventSender, type EventPacket } from "../../src/media/event-sender.ts";
import { readTelephoneEvent } from "../../src/media/telephone-event.ts";

/** The packets of so many frames, undefined where nothing is sent; timestamps from 1000 on. */
function frames(sender: EventSender, count: number): (EventPacket | undefined)[] {
  return Array.from({ length: count }, (_, index) => sender.next(1000 + index * 160));
}

describe("telephone-events that are sent", () => {
  let sender: EventSender;
  const done: boolean[] = [];
  const press = (digits: string, digitMs = 60): void => {
    sender.press(digits, { digitMs }, (complete) => done.push(complete));
  };
  beforeEach(() => {
    done.length = 0;
    sender = new EventSender(20, 160);
  });

  it("keep the timestamp of their start, grow, and end three times (RFC 4733 §2.5.1)", () => {
    press("5");
    const packets = frames(sender, 6).slice(0, 5);
    expect(packets.map((packet) => packet?.timestamp)).to.deep.equal([1000, 1000, 1000, 1000, 1000]);
    expect(packets.map((packet) => packet?.marker)).to.deep.equal([true, false, false, false, false]);
    const told = packets.map((packet) => readTelephoneEvent(packet!.payload));
    expect(told.map((event) => event?.duration)).to.deep.equal([160, 320, 480, 480, 480]);
    expect(told.map((event) => event?.end)).to.deep.equal([false, false, true, true, true]);
    expect(told.every((event) => event?.event === 5 && event.volume === 10)).to.equal(true);
  });

  it("make room between two keys, also for the same key twice", () => {
    press("11");
    const packets = frames(sender, 12);
    expect(packets.map((packet) => packet?.timestamp)).to.deep.equal(
      [1000, 1000, 1000, 1000, 1000, undefined].concat([1960, 1960, 1960, 1960, 1960, undefined]),
    );
    expect(done).to.deep.equal([true]);
    expect(sender.busy).to.equal(false);
  });

  it("last 100 ms where nothing is said", () => {
    sender.press("0", {}, () => undefined);
    const durations = frames(sender, 7).map((packet) => packet && readTelephoneEvent(packet.payload)?.duration);
    expect(durations).to.deep.equal([160, 320, 480, 640, 800, 800, 800]);
  });

  it("tell each caller when its digits are out, or given up", () => {
    press("1");
    frames(sender, 6);
    press("2");
    sender.abandon();
    expect(done).to.deep.equal([true, false]);
    expect(sender.next(0)).to.equal(undefined);
  });

  it("take the keys of a phone and nothing else", () => {
    for (const digits of ["", "1x", "1 2", "➀"])
      expect(() => {
        press(digits);
      }).to.throw("not made of keys");
    for (const digitMs of [39, 5001, NaN])
      expect(() => {
        press("1", digitMs);
      }).to.throw("40 to 5000 ms");
    press("0123456789*#abCD");
    expect(sender.busy).to.equal(true);
  });
});
