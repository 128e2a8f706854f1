import { expect } from "chai";
import { WaitTimeoutError } from "../../src/core/errors.ts";
import { Inbox } from "../../src/core/inbox.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";
import { rejection } from "../support/rejection.ts";

const WAIT = { timeoutMs: 100, description: "bob waited for a letter" };

describe("Inbox", () => {
  it("hands out what came before anybody waited", async () => {
    const inbox = new Inbox<string>(new FakeClock());
    inbox.put("early");
    expect(await inbox.take(WAIT)).to.equal("early");
    expect(inbox.pending).to.deep.equal([]);
  });

  it("gives an item to the oldest waiter that wants it", async () => {
    const inbox = new Inbox<number>(new FakeClock());
    const even = inbox.take(WAIT, (item) => item % 2 === 0);
    const any = inbox.take(WAIT);
    inbox.put(1);
    inbox.put(2);
    expect(await Promise.all([even, any])).to.deep.equal([2, 1]);
  });

  it("gives up at its time-out and says what was awaited", async () => {
    const clock = new FakeClock();
    const failed = rejection(new Inbox<string>(clock).take(WAIT));
    clock.advance(99);
    await settle();
    clock.advance(1);
    const error = await failed;
    expect(error).to.be.instanceOf(WaitTimeoutError);
    expect((error as Error).message).to.equal("bob waited for a letter (waited 100 ms)");
  });

  it("leaves no timer behind, however a wait ends", async () => {
    const clock = new FakeClock();
    const inbox = new Inbox<string>(clock);
    const abort = new AbortController();
    const aborted = rejection(inbox.take({ ...WAIT, signal: abort.signal }));
    const taken = inbox.take(WAIT);
    abort.abort(new Error("enough"));
    inbox.put("x");
    expect(((await aborted) as Error).message).to.equal("enough");
    expect(await taken).to.equal("x");
    expect(clock.timerCount).to.equal(0);
  });

  it("keeps for others what an aborted waiter would have taken", async () => {
    const inbox = new Inbox<string>(new FakeClock());
    const abort = new AbortController();
    const aborted = rejection(inbox.take({ ...WAIT, signal: abort.signal }));
    abort.abort(new Error("enough"));
    await aborted;
    inbox.put("x");
    expect(inbox.pending).to.deep.equal(["x"]);
  });
});
