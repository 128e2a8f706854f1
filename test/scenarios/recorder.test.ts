import { expect as check } from "chai";
import { expect } from "../../src/assertions/index.ts";
import { Recorder } from "../../src/scenarios/recorder.ts";
import { FakeJournal, fakeSpec } from "../support/fake-bed.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** A promise that the test resolves when it is time. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("Recorder", () => {
  let journal: FakeJournal;
  let recorder: Recorder;

  beforeEach(() => {
    journal = new FakeJournal();
    const spec = fakeSpec("x", () => Promise.resolve(), { rules: ["REG-03", "REG-22"] });
    recorder = new Recorder(spec, journal, new FakeClock());
  });

  it("gives each check to the step it was made in, though steps run side by side", async () => {
    const firstMayGoOn = gate();
    await recorder.run(async () => {
      await Promise.all([
        recorder.step("first", async () => {
          await firstMayGoOn.opened;
          expect(1).to.equal(1);
        }),
        recorder.step("second", { rule: "REG-22" }, () => {
          expect(2).to.equal(2);
          firstMayGoOn.open();
        }),
      ]);
    });
    const checks = journal.of("check").map(({ step, rules }) => ({ step, rules }));
    check(checks).to.deep.equal([
      { step: 1, rules: ["REG-22"] },
      { step: 0, rules: ["REG-03"] },
    ]);
    check([...recorder.checkedRules]).to.have.members(["REG-03", "REG-22"]);
  });

  it("gives a check outside of any step to the first rule", async () => {
    await recorder.run(async () => {
      await recorder.step("a step", { rule: "REG-22" }, () => undefined);
      expect(1).to.equal(1);
    });
    check(journal.of("check").map(({ step, rules }) => ({ step, rules }))).to.deep.equal([
      { step: undefined, rules: ["REG-03"] },
    ]);
  });

  it("blames the innermost step that an error came through", async () => {
    const error = new Error("oops");
    await recorder
      .run(() =>
        recorder.step("outer", () =>
          recorder.step("inner", { rule: "REG-22", control: true }, () => {
            throw error;
          }),
        ),
      )
      .catch(() => undefined);
    check(recorder.blame(error)).to.deep.include({ step: "inner" });
    check(recorder.blame(error).judged).to.deep.include({ rules: ["REG-22"], control: true });
  });

  it("blames each of two steps side by side for its own error", async () => {
    const [first, second] = [new Error("first"), new Error("second")];
    const failing = (title: string, error: Error): Promise<unknown> =>
      recorder.step(title, () => Promise.reject(error)).catch(() => undefined);
    await recorder.run(async () => {
      await Promise.all([failing("one", first), failing("two", second)]);
    });
    check(recorder.blame(first).step).to.equal("one");
    check(recorder.blame(second).step).to.equal("two");
  });

  it("blames the step that is running for an end from outside, and the scenario when none is", async () => {
    const stay = gate();
    const running = recorder.run(() => recorder.step("waits", { rule: "REG-22" }, () => stay.opened));
    const error = new Error("time is up");
    check(recorder.blameRunning(error)).to.deep.include({ step: "waits" });
    stay.open();
    await running;
    check(recorder.blameRunning(error).judged.rules).to.deep.equal(["REG-03"]);
  });

  it("remembers a failed check whose error the script caught", async () => {
    await recorder.run(async () => {
      await recorder.step("tries", { rule: "REG-22" }, () => {
        try {
          expect(1).to.equal(2);
        } catch {
          // A script that goes on all the same.
        }
      });
    });
    check(recorder.failedChecks.map(({ rules }) => rules)).to.deep.equal([["REG-22"]]);
  });

  it("takes down nothing of a body that was given up", async () => {
    const stay = gate();
    const running = recorder.run(() =>
      recorder.step("waits", async () => {
        await stay.opened;
        expect(1).to.equal(2);
      }),
    );
    recorder.close();
    stay.open();
    await running.catch(() => undefined);
    check(journal.lines.map(({ type }) => type)).to.deep.equal(["step-start"]);
    check(recorder.failedChecks).to.deep.equal([]);
  });

  it("returns what the body of a step returns", async () => {
    check(await recorder.step("one", () => 1)).to.equal(1);
    check(await recorder.step("two", { rule: "REG-22" }, () => Promise.resolve(2))).to.equal(2);
  });
});
