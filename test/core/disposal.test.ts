import { expect } from "chai";
import { Disposer } from "../../src/core/disposal.ts";

describe("Disposer", () => {
  it("closes what was opened last first", async () => {
    const order: string[] = [];
    const disposer = new Disposer();
    disposer.defer(() => void order.push("first"));
    disposer.defer(() => void order.push("second"));
    await disposer.close();
    expect(order).to.deep.equal(["second", "first"]);
  });

  it("goes on after a failure and tells it in the end", async () => {
    const order: string[] = [];
    const disposer = new Disposer();
    disposer.defer(() => void order.push("first"));
    disposer.defer(() => {
      throw new Error("stuck");
    });
    const error = await disposer.close().catch((thrown: unknown) => thrown);
    expect(order).to.deep.equal(["first"]);
    expect((error as AggregateError).message).to.equal("stuck");
  });

  it("closes each only once", async () => {
    let closed = 0;
    const disposer = new Disposer();
    disposer.defer(() => void (closed += 1));
    await disposer.close();
    await disposer.close();
    expect(closed).to.equal(1);
  });
});
