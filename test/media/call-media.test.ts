import { expect } from "chai";
import { seededIds } from "../../src/core/ids.ts";
import { MediaEndpoint, type CallMedia, type MediaReport, type ReceivedDigit } from "../../src/media/index.ts";
import { readRtp, writeRtp, type RtpPacket } from "../../src/media/rtp-packet.ts";
import {
  createAnswer,
  createOffer,
  holdOffer,
  resumeOffer,
  withDirection as directed,
  type Direction,
  type SessionDescription,
} from "../../src/sdp/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryMediaNetwork } from "../support/memory-media-network.ts";

interface Side {
  readonly host: string;
  readonly endpoint: MediaEndpoint;
  readonly call: CallMedia;
  readonly heard: ReceivedDigit[];
  readonly reports: MediaReport[];
}

function withDirection(session: SessionDescription, direction: Direction): SessionDescription {
  return { ...session, media: session.media.map((line) => directed(line, direction)) };
}

describe("the media of a call", () => {
  let clock: FakeClock;
  let network: MemoryMediaNetwork;
  let alice: Side;
  let bob: Side;

  function open(name: string, host: string): Side {
    const endpoint = new MediaEndpoint({ host, clock, ids: seededIds(name), network });
    const heard: ReceivedDigit[] = [];
    const reports: MediaReport[] = [];
    const call = endpoint.openCall(() => `${name}'s call`, {
      heard: (digit) => void heard.push(digit),
      stopped: (report) => void reports.push(report),
    });
    return { host, endpoint, call, heard, reports };
  }

  const options = ({ host, call }: Side, telephoneEvent = 101, previous?: SessionDescription) => ({
    media: ["audio", "video"] as const,
    address: host,
    ports: () => call.reservePort(),
    origin: { sessionId: "1" },
    telephoneEvent,
    previous,
  });

  /** Both sides go by it. */
  function agree(offer: SessionDescription, answer: SessionDescription): void {
    bob.call.apply({ local: answer, remote: offer });
    alice.call.apply({ local: offer, remote: answer });
  }

  function connect(media: readonly ("audio" | "video")[] = ["audio"]): [SessionDescription, SessionDescription] {
    const offer = createOffer(options(alice));
    const answer = createAnswer(offer, { ...options(bob), media });
    agree(offer, answer);
    return [offer, answer];
  }

  const streamsOf = (side: Side) => side.call.report().streams;
  const packetsFrom = (side: Side): RtpPacket[] => {
    const ports = new Set(streamsOf(side).map(({ localPort }) => localPort));
    return network.seen.filter(({ from }) => ports.has(from)).map(({ octets }) => readRtp(octets)!);
  };

  beforeEach(() => {
    clock = new FakeClock();
    network = new MemoryMediaNetwork();
    alice = open("alice", "192.0.2.1");
    bob = open("bob", "192.0.2.2");
  });

  it("flows both ways, 50 packets a second of 160 octets, from the port that was told to the one that was told", () => {
    const [offer, answer] = connect();
    clock.advance(1000);
    const [audio] = streamsOf(alice);
    expect(audio?.sent).to.deep.include({ packets: 50, events: 0, payloadTypes: { 0: 50 } });
    expect(audio?.received).to.deep.include({ packets: 50, audio: 50, lost: 0, jitterMs: 0 });
    expect(streamsOf(bob)[0]?.received.sources).to.deep.equal([audio?.sent.ssrc]);
    const [first] = network.seen.filter(({ from }) => from === offer.media[0]?.port);
    expect(first?.to).to.equal(`192.0.2.2:${answer.media[0]?.port}`);
    const packets = packetsFrom(alice);
    expect(packets.map(({ marker }) => marker)).to.deep.equal([true, ...Array<boolean>(49).fill(false)]);
    expect(packets[9]!.timestamp - packets[0]!.timestamp).to.equal(9 * 160);
    expect(packets[9]!.sequenceNumber - packets[0]!.sequenceNumber).to.equal(9);
    expect(packets.every(({ payload }) => payload.length === 160)).to.equal(true);
  });

  it("says a tone, or silence when told", () => {
    connect();
    clock.advance(20);
    alice.call.play("silence");
    clock.advance(20);
    const [tone, silence] = packetsFrom(alice).map(({ payload }) => payload);
    expect(silence).to.deep.equal(Buffer.alloc(160, 0xff));
    expect(tone).not.to.deep.equal(silence);
  });

  it("follows hold and resume, in one sequence with timestamps that follow the time", () => {
    const [offer, answer] = connect();
    clock.advance(40);
    const held = holdOffer(offer);
    agree(held, createAnswer(held, options(bob, 101, answer)));
    const before = streamsOf(bob)[0]!.sent.packets;
    clock.advance(200);
    expect(streamsOf(bob)[0]?.sent.packets).to.equal(before);
    expect(streamsOf(alice)[0]?.sent.packets).to.equal(12);
    expect(streamsOf(bob)[0]?.direction).to.equal("recvonly");
    const resumed = resumeOffer(held);
    agree(resumed, createAnswer(resumed, options(bob, 101, answer)));
    clock.advance(20);
    const packets = packetsFrom(bob);
    expect(packets.map(({ marker }) => marker)).to.deep.equal([true, false, true]);
    expect(packets[2]!.sequenceNumber).to.equal((packets[1]!.sequenceNumber + 1) & 0xffff);
    expect(packets[2]!.timestamp - packets[1]!.timestamp).to.equal(11 * 160);
  });

  it("sends nothing for video and refused lines, and counts what comes to their ports", () => {
    for (const media of [["audio"], ["audio", "video"]] as const) {
      const [offer] = connect(media);
      clock.advance(100);
      expect(streamsOf(alice)[1]).to.deep.include({ kind: "video", live: media.length === 2 });
      expect(streamsOf(alice)[1]?.sent.packets).to.equal(0);
      expect(streamsOf(alice)[1]?.received.packets).to.equal(0);
      const stray = writeRtp({ ...packetsFrom(alice)[0]!, payloadType: 97 });
      network.bound.get(`192.0.2.1:${offer.media[1]?.port}`)?.(stray);
      expect(streamsOf(alice)[1]?.received.packets).to.equal(1);
    }
  });

  it("tells audio, events, unlisted payload types and what is no RTP apart", () => {
    const [offer] = connect();
    const port = network.bound.get(`192.0.2.1:${offer.media[0]?.port}`)!;
    const packet = { marker: false, timestamp: 0, ssrc: 1, sequenceNumber: 1, payload: Buffer.from([1, 10, 0, 160]) };
    for (const [sequenceNumber, payloadType] of [8, 101, 99].entries())
      port(writeRtp({ ...packet, sequenceNumber, payloadType }));
    port(Buffer.from("hello"));
    expect(streamsOf(alice)[0]?.received).to.deep.include({
      audio: 1,
      events: 1,
      unlisted: 1,
      malformed: 1,
      packets: 3,
    });
  });

  it("carries digits, the audio resting meanwhile, in the numbers of the one that listens", async () => {
    const offer = createOffer(options(alice));
    const counter = createOffer({ ...options(bob, 96), media: ["audio", "video"] });
    agree(offer, counter); // as when both offered: each listens for its own numbers
    const sent = alice.call.sendDigits("1#", { digitMs: 40 });
    const back = bob.call.sendDigits("0", { digitMs: 40 });
    clock.advance(400);
    await Promise.all([sent, back]);
    expect(bob.call.report().digits).to.equal("1#");
    expect(alice.call.report().digits).to.equal("0");
    expect(bob.heard.map(({ digit, by }) => [digit, by])).to.deep.equal([
      ["1", "rtp"],
      ["#", "rtp"],
    ]);
    expect(bob.call.digits[0]).to.deep.equal({ digit: "1", durationMs: 40, ended: true, by: "rtp" });
    expect(streamsOf(alice)[0]?.sent.payloadTypes).to.deep.equal({ 0: 10, 96: 8 });
    expect(streamsOf(bob)[0]?.received).to.deep.include({ events: 8, unlisted: 0, lost: 0 });
  });

  it("takes digits of INFO into the same row", () => {
    bob.call.hearInfo("7", 100);
    expect(bob.call.digits).to.deep.equal([{ digit: "7", durationMs: 100, ended: true, by: "info" }]);
    expect(bob.heard).to.have.length(1);
  });

  it("goes on counting what comes to the port of a line that it refuses later", () => {
    const [offer, answer] = connect();
    const refused = { ...offer, media: offer.media.map((line) => ({ ...line, port: 0 })) };
    alice.call.apply({ local: refused, remote: answer });
    clock.advance(40);
    expect(streamsOf(alice)[0]).to.deep.include({ live: false, localPort: offer.media[0]?.port });
    expect(streamsOf(alice)[0]?.received.packets).to.equal(2);
    expect(streamsOf(alice)[0]?.sent.packets).to.equal(0);
  });

  it("refuses digits where the other side takes none or is held, and gives up those of a call that ends", async () => {
    const failure = async (digits: Promise<void>): Promise<unknown> =>
      await digits.then(
        () => undefined,
        (error: unknown) => (error as { code?: string }).code,
      );
    expect(await failure(alice.call.sendDigits("1"))).to.equal("ERR_NO_TELEPHONE_EVENT");
    const offer = createOffer(options(alice));
    agree(offer, createAnswer(offer, { ...options(bob), telephoneEvent: false }));
    expect(await failure(alice.call.sendDigits("1"))).to.equal("ERR_NO_TELEPHONE_EVENT");
    const [up, answer] = connect();
    alice.call.apply({ local: up, remote: withDirection(answer, "inactive") });
    expect(await failure(alice.call.sendDigits("1"))).to.equal("ERR_NO_TELEPHONE_EVENT");
    alice.call.apply({ local: up, remote: answer });
    const sending = failure(alice.call.sendDigits("1"));
    alice.call.stop();
    expect(await sending).to.equal("ERR_CALL_ENDED");
  });

  it("ends with all ports and timers free, and reports once", () => {
    connect();
    expect(network.bound).to.have.length(3); // bob told none for video
    clock.advance(40);
    alice.call.stop();
    alice.call.stop();
    bob.endpoint.close();
    expect(network.bound).to.have.length(0);
    expect(clock.timerCount).to.equal(0);
    expect(alice.reports.map(({ title, streams }) => [title, streams[0]?.sent.packets])).to.deep.equal([
      ["alice's call", 2],
    ]);
    expect(bob.reports).to.have.length(1);
    expect(alice.call.reservePort()).to.be.greaterThan(0);
    expect(network.bound).to.have.length(0);
  });

  it("sends nothing from a port that a script made up", () => {
    const offer = createOffer({ ...options(alice), ports: () => 40_000 });
    agree(offer, createAnswer(offer, options(bob)));
    clock.advance(100);
    expect(streamsOf(alice)[0]).to.deep.include({ localPort: 0, live: true });
    expect(streamsOf(alice)[0]?.sent.packets).to.equal(0);
    connect();
    clock.advance(20);
    agree(offer, createAnswer(offer, options(bob)));
    clock.advance(100);
    expect(streamsOf(alice)[0]?.sent.packets).to.equal(1);
  });
});
