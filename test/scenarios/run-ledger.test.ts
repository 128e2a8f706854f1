import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { RunLedger } from "../../src/scenarios/index.ts";

describe("RunLedger", () => {
  it("gives a scenario to the first who claims it", () => {
    const ledger = RunLedger.ofScenarios(2);
    const other = RunLedger.on(ledger.buffer);
    expect([ledger.claim(1), other.claim(1), other.claim(0), ledger.claim(0)]).to.deep.equal([
      true,
      false,
      true,
      false,
    ]);
    expect([ledger.isClaimed(0), other.isClaimed(1)]).to.deep.equal([true, true]);
  });

  it("counts messages and failures of all together", () => {
    const ledger = RunLedger.ofScenarios(1);
    const other = RunLedger.on(ledger.buffer);
    expect([ledger.nextMessage(), other.nextMessage(), ledger.nextMessage()]).to.deep.equal([1, 2, 3]);
    other.countFailure();
    ledger.countFailure();
    expect([ledger.failures, other.failures]).to.deep.equal([2, 2]);
  });

  it("holds no claim by what else it counts", () => {
    const ledger = RunLedger.ofScenarios(1);
    ledger.nextMessage();
    ledger.countFailure();
    expect(ledger.isClaimed(0)).to.equal(false);
  });

  it("is one ledger in all threads", async () => {
    const ledger = RunLedger.ofScenarios(1);
    const program = `require("node:worker_threads").workerData[1] = 7;`;
    const worker = new Worker(program, { eval: true, workerData: new Int32Array(ledger.buffer) });
    await new Promise((resolve) => worker.once("exit", resolve));
    expect(ledger.failures).to.equal(7);
  });
});
