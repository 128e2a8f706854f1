import { expect } from "chai";
import { catchStrays } from "../../src/scenarios/strays.ts";
import { settle } from "../support/fake-clock.ts";

describe("catchStrays", () => {
  it("catches what nobody can catch, and tells the run that started last", async () => {
    const [first, second]: [string[], string[]] = [[], []];
    const stopFirst = catchStrays(({ message }) => first.push(message));
    const stopSecond = catchStrays(({ message }) => second.push(message));
    void Promise.reject(new Error("one"));
    await settle();
    stopSecond();
    setImmediate(() => {
      throw new Error("two");
    });
    await settle();
    await settle();
    stopFirst();
    expect({ first, second }).to.deep.equal({ first: ["two"], second: ["one"] });
  });

  it("leaves nothing behind when it is over", () => {
    const before = process.listenerCount("unhandledRejection");
    catchStrays(() => undefined)();
    expect(process.hasUncaughtExceptionCaptureCallback()).to.equal(false);
    expect(process.listenerCount("unhandledRejection")).to.equal(before);
  });
});
