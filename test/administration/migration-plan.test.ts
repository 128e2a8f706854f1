import { expect } from "chai";
import fc from "fast-check";
import { planMigration, type MigrationPlan } from "../../src/administration/index.ts";
import { callDeficit, type Lab } from "../../src/inventory/index.ts";
import { attempt, labOf, phoneWith } from "./support/attempt.ts";

/** Each step as `kind number`. */
function told({ steps }: MigrationPlan): string[] {
  return steps.map(({ change }) => `${change.kind} ${change.line.directoryNumber}`);
}

/** The lab after every step of every plan, each of which has to be accepted. */
function carriedOut(lab: Lab): Lab {
  let now = lab;
  for (const { change } of planMigration(lab).flatMap(({ steps }) => steps)) {
    const made = attempt(now, change);
    expect(made.ruling.outcome, made.ruling.reason).to.equal("accepted");
    now = made.lab;
  }
  return now;
}

/** The fewest of these numbers whose sum is at least so much, by trying all choices. */
function fewest(numbers: readonly number[], sum: number): number {
  const choices = Array.from({ length: 2 ** numbers.length }, (_, bits) =>
    numbers.filter((_n, at) => (bits >> at) & 1),
  );
  const enough = choices.filter((choice) => choice.reduce((total, number) => total + number, 0) >= sum);
  return Math.min(...enough.map((choice) => choice.length));
}

describe("planMigration", () => {
  it("leads the document's example out: six lines of four calls, two of them off", () => {
    const [plan] = planMigration(phoneWith("advanced", [4, 4, 4, 4, 4, 4]));
    expect(plan).to.include({ device: "d", lines: 6, calls: 24, ceiling: 16, deficit: 8 });
    expect(told(plan!)).to.deep.equal([
      "disassociate-line 5",
      "disassociate-line 6",
      "update-line 1",
      "update-line 2",
      "update-line 3",
      "update-line 4",
      "associate-line 5",
      "associate-line 6",
    ]);
    expect(plan!.steps.map(({ calls }) => calls)).to.deep.equal([20, 16, 14, 12, 10, 8, 10, 12]);
  });

  it("simply changes the one line of a Basic", () => {
    const [plan] = planMigration(
      labOf('devices: { d: { type: basic, digestUser: u, migratedFrom: "5.0", lines: [1] } }'),
    );
    expect(told(plan!)).to.deep.equal(["update-line 1"]);
    expect(plan!.steps[0]).to.deep.include({ calls: 2 });
  });

  it("has nothing to say of devices that may be changed", () => {
    expect(planMigration(phoneWith("advanced", [4, 4, 4, 4]))).to.deep.equal([]);
    expect(
      planMigration(labOf("devices: { d: { type: cisco-7961, lines: [{ number: 1, maxCalls: 200 }] } }")),
    ).to.deep.equal([]);
  });

  it("takes off the lines with the most calls, and leaves alone what is low enough", () => {
    const [plan] = planMigration(phoneWith("advanced", [2, 8, 1, 7]));
    expect(told(plan!)).to.deep.equal(["disassociate-line 2", "update-line 4", "associate-line 2"]);
  });

  it("keeps partitions, and busy triggers that fit", () => {
    const line = "{ number: 1, partition: a, maxCalls: 4, busyTrigger: 1 }";
    const [plan] = planMigration(
      labOf(`partitions: [a]\ndevices: { d: { type: basic, digestUser: u, lines: [${line}] } }`),
    );
    expect(plan!.steps[0]?.change).to.deep.include({
      line: { directoryNumber: "1", partition: "a" },
      settings: { maxCalls: 2, busyTrigger: 1 },
    });
  });

  it("says so where there is no way", () => {
    const [plan] = planMigration(phoneWith("advanced", [4, 4, 4], "maxCalls: 2,"));
    expect(plan).to.deep.include({ steps: [] });
    expect(plan?.obstacle).to.match(/^it has 3 lines and may have 2 calls/);
  });

  it("always leads out, every line back, by the fewest lines taken off", () => {
    const calls = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(calls, fc.integer({ min: 8, max: 16 }), (maxima, most) => {
        const lab = phoneWith("advanced", maxima, `maxCalls: ${most},`);
        const off = planMigration(lab)
          .flatMap(told)
          .filter((step) => step.startsWith("disassociate")).length;
        const sum = maxima.reduce((total, number) => total + number, 0);
        expect(off).to.equal(sum > most ? fewest(maxima, sum - most) : 0);
        const [device] = carriedOut(lab).devices;
        expect(device?.lines).to.have.length(maxima.length);
        expect(callDeficit(device!)).to.equal(0);
      }),
      { numRuns: 60 },
    );
  });
});
