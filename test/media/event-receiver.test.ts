import { expect } from "chai";
import { EventReceiver, type HeardDigit } from "../../src/media/event-receiver.ts";
import { writeTelephoneEvent } from "../../src/media/telephone-event.ts";

interface Told {
  readonly event?: number;
  readonly timestamp: number;
  readonly duration: number;
  readonly end?: boolean;
  readonly marker?: boolean;
  readonly ssrc?: number;
}

describe("telephone-events that are received", () => {
  let receiver: EventReceiver;
  let heard: ((at: number) => HeardDigit)[];
  let now: number;
  beforeEach(() => {
    receiver = new EventReceiver();
    heard = [];
    now = 0;
  });

  function take({ event = 1, timestamp, duration, end = false, marker = false, ssrc = 7 }: Told): void {
    now += 20;
    const payload = writeTelephoneEvent({ event, end, volume: 10, duration });
    const packet = { payloadType: 101, marker, sequenceNumber: 0, timestamp, ssrc, payload };
    const digit = receiver.receive(packet, 8000, now);
    if (digit) heard.push(digit);
  }

  const digits = (): string => heard.map((digit) => digit(now).digit).join("");

  it("begin with their first packet and end with the E bit", () => {
    take({ timestamp: 1000, duration: 160, marker: true });
    expect(heard[0]?.(now)).to.deep.equal({ digit: "1", durationMs: 20, ended: false });
    take({ timestamp: 1000, duration: 480, end: true });
    take({ timestamp: 1000, duration: 480, end: true });
    expect(heard).to.have.length(1);
    expect(heard[0]?.(now)).to.deep.equal({ digit: "1", durationMs: 60, ended: true });
  });

  it("are heard though their start is lost", () => {
    take({ event: 11, timestamp: 1000, duration: 480, end: true });
    expect(digits()).to.equal("#");
  });

  it("are over though their end is lost: by the next one, or by silence", () => {
    take({ timestamp: 1000, duration: 160 });
    take({ event: 2, timestamp: 3000, duration: 160 });
    expect(heard.map((digit) => digit(now).ended)).to.deep.equal([true, false]);
    expect(heard[1]?.(now + 150).ended).to.equal(false);
    expect(heard[1]?.(now + 151).ended).to.equal(true);
  });

  it("are two when the same key is pressed twice, also without marker and end", () => {
    take({ timestamp: 1000, duration: 480 });
    take({ timestamp: 2000, duration: 160 });
    expect(digits()).to.equal("11");
  });

  it("are not begun by stragglers of one that is over", () => {
    take({ timestamp: 1000, duration: 480, end: true });
    take({ event: 2, timestamp: 2000, duration: 160 });
    take({ timestamp: 1000, duration: 480, end: true });
    take({ event: 2, timestamp: 2000, duration: 320 });
    expect(digits()).to.equal("12");
  });

  it("go on in a new segment when they are longer than 65535 (§2.5.1.3)", () => {
    take({ timestamp: 1000, duration: 65_440 });
    take({ timestamp: 1000 + 65_440, duration: 160 });
    take({ timestamp: 1000 + 65_440, duration: 800, end: true });
    expect(heard).to.have.length(1);
    expect(heard[0]?.(now)).to.deep.include({ durationMs: (65_440 + 800) / 8, ended: true });
  });

  it("begin anew where the marker, another key or an end before says that it is no segment", () => {
    take({ timestamp: 1000, duration: 65_440 });
    take({ timestamp: 66_440, duration: 65_440, marker: true });
    take({ event: 2, timestamp: 66_440 + 65_440, duration: 65_440 });
    take({ event: 2, timestamp: 66_440 + 65_440, duration: 65_440, end: true });
    take({ event: 2, timestamp: 66_440 + 2 * 65_440, duration: 160 });
    expect(digits()).to.equal("1122");
  });

  it("of another source have timestamps of their own", () => {
    take({ timestamp: 5000, duration: 160 });
    take({ timestamp: 1000, duration: 160, ssrc: 8 });
    expect(digits()).to.equal("11");
  });

  it("that are no digits, or cut off, are read over", () => {
    take({ event: 16, timestamp: 1000, duration: 160 });
    const payload = Buffer.from([1, 10, 0]);
    const packet = { payloadType: 101, marker: true, sequenceNumber: 0, timestamp: 9000, ssrc: 7, payload };
    expect(receiver.receive(packet, 8000, 0)).to.equal(undefined);
    expect(digits()).to.equal("");
  });
});
