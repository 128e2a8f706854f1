import { expect } from "chai";
import type { OutgoingCall } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

const DIALOG = "dialog-1";

describe("digits in INFO", () => {
  let bench: PhoneBench;
  let call: OutgoingCall;

  beforeEach(async () => {
    bench = benchPhone();
    call = await bench.phone.call("1009");
    bench.stack.sent.at(-1)!.reply(200, { body: ANSWER, dialogId: DIALOG });
    await call.final();
  });

  const deliver = (contentType: string, body: string) =>
    bench.stack.deliver("INFO", { dialogId: DIALOG, headers: { "Content-Type": contentType }, body });

  it("are sent one after the other, each when the one before was taken", async () => {
    const sending = call.sendDigits("1d", { by: "info", digitMs: 80 });
    await settle();
    const [first] = bench.stack.sent.slice(-1);
    expect(first?.request.get("Content-Type")).to.equal("application/dtmf-relay");
    expect(first?.request.body.toString()).to.equal("Signal=1\r\nDuration=80\r\n");
    first?.reply(200);
    await settle();
    const [second] = bench.stack.sent.slice(-1);
    expect(second?.request.body.toString()).to.equal("Signal=D\r\nDuration=80\r\n");
    second?.reply(200);
    await sending;
  });

  it("fail with the status when one is refused", async () => {
    const sending = call.sendDigits("1", { by: "info", contentType: "application/dtmf" });
    await settle();
    expect(bench.stack.sent.at(-1)?.request.body.toString()).to.equal("1");
    bench.stack.sent.at(-1)?.reply(415);
    const failure = await rejection(sending);
    expect(failure).to.have.property("code", "ERR_DIGITS_REFUSED");
    expect(failure.message).to.contain("was answered 415");
  });

  it("are heard, in order, and the request is answered 200", async () => {
    const info = deliver("application/dtmf-relay", "Signal=7\r\nDuration=120\r\n");
    deliver("application/media_control+xml", "<media_control/>");
    deliver("application/dtmf", "#");
    await settle();
    expect(info.responses.map(({ status }) => status)).to.deep.equal([200]);
    expect(await call.nextDigit()).to.deep.equal({ digit: "7", durationMs: 120, ended: true, by: "info" });
    expect((await call.nextDigit()).digit).to.equal("#");
    expect(call.media().digits).to.equal("7#");
  });

  it("are awaited in vain for the wait of the lab only", async () => {
    const waiting = rejection(call.nextDigit());
    await bench.clock.advanceAsync(5000);
    expect((await waiting).message).to.contain(
      "alice waited 5000 ms for a digit in its call to sip:1009@cm.example.com",
    );
  });

  it("are keys of a phone, also here", async () => {
    expect(await rejection(call.sendDigits("x", { by: "info" }))).to.have.property("code", "ERR_DIGITS");
  });
});
