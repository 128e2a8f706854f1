import { expect } from "chai";
import { writeRtp } from "../../src/media/rtp-packet.ts";
import type { OutgoingCall } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import { ANSWER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

describe("what a phone hears in a call", () => {
  let bench: PhoneBench;
  let call: OutgoingCall;

  beforeEach(async () => {
    bench = benchPhone();
    call = await bench.phone.call("1009");
  });

  async function answer(): Promise<void> {
    bench.stack.sent.at(-1)!.reply(200, { body: ANSWER, dialogId: "dialog-1" });
    await call.final();
  }

  function packetComes(): void {
    const packet = {
      payloadType: 0,
      marker: false,
      sequenceNumber: 1,
      timestamp: 0,
      ssrc: 1,
      payload: Buffer.alloc(1),
    };
    for (const receive of bench.mediaNetwork.bound.values()) receive(writeRtp(packet));
  }

  it("counts for listen() from the lab's settle time on, for as long as is said", async () => {
    await answer();
    const listening = call.listen({ ms: 40 });
    await settle();
    packetComes();
    packetComes();
    await bench.clock.advanceAsync(99);
    packetComes();
    await bench.clock.advanceAsync(2);
    packetComes();
    await bench.clock.advanceAsync(39);
    packetComes();
    expect((await listening).streams[0]?.received.packets).to.equal(1);
    expect(call.media().streams[0]?.received.packets).to.equal(5);
  });

  it("is nothing before there is a session; the port that was offered is bound", () => {
    expect(call.media()).to.deep.equal({
      title: "alice's call to sip:1009@cm.example.com",
      streams: [],
      digits: "",
    });
    expect(bench.mediaNetwork.bound).to.have.length(1);
  });

  for (const status of [200, 486, undefined]) {
    it(`leaves no port behind when the phone is closed in a call (${status ?? "not answered"})`, async () => {
      if (status === 200) await answer();
      else if (status !== undefined) bench.stack.sent.at(-1)!.reply(status);
      const closing = bench.phone.close();
      await bench.clock.advanceAsync(10_000);
      await closing;
      expect(bench.mediaNetwork.bound).to.have.length(0);
      expect(bench.clock.timerCount).to.equal(0);
    });
  }
});
