import { expect as check } from "chai";
import { expect } from "../../src/assertions/index.ts";
import { UsageError } from "../../src/core/errors.ts";
import type { ScenarioEndLine } from "../../src/results/model.ts";
import { RunLedger, startScenarios, type Running, type RunnerOptions } from "../../src/scenarios/index.ts";
import type { ScenarioSpec } from "../../src/scenarios/scenario.ts";
import { FakeBed, FakeJournal, fakeSpec } from "../support/fake-bed.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";

const NEVER = new Promise<never>(() => undefined);

/** Scenarios that end when the test says so, and which of them are running. */
class Cast {
  readonly running: string[] = [];
  readonly #ends = new Map<string, (error?: Error) => void>();

  readonly spec = (title: string, phones: ScenarioSpec["definition"]["phones"] = { alice: {} }): ScenarioSpec =>
    fakeSpec(
      title,
      async () => {
        this.running.push(title);
        expect(1).to.equal(1);
        await new Promise<void>((resolve, reject) => {
          this.#ends.set(title, (error) => {
            if (error) reject(error);
            else resolve();
          });
        });
      },
      { phones },
    );

  async end(title: string, error?: Error): Promise<void> {
    this.#ends.get(title)?.(error);
    this.running.splice(this.running.indexOf(title), 1);
    await settle();
  }
}

describe("startScenarios", () => {
  let bed: FakeBed;
  let journal: FakeJournal;
  let clock: FakeClock;
  let abort: AbortController;
  let cast: Cast;
  let strays: Error[];

  beforeEach(() => {
    bed = new FakeBed();
    journal = new FakeJournal();
    clock = new FakeClock();
    abort = new AbortController();
    cast = new Cast();
    strays = [];
  });

  function start(specs: readonly ScenarioSpec[], wishes: Partial<RunnerOptions> = {}): Running {
    return startScenarios(specs, {
      ...{ bed, journal, clock, concurrency: 8, timeoutMs: 1_000, bail: 0, signal: abort.signal },
      onStray: (error) => strays.push(error),
      ...wishes,
    });
  }

  async function linesOf(running: Running): Promise<ScenarioEndLine[]> {
    await running.done;
    return await Promise.all(running.results.values());
  }

  it("runs side by side what has devices of its own, and no more than the lab has", async () => {
    const running = start([cast.spec("a"), cast.spec("b"), cast.spec("c"), cast.spec("d")]);
    await settle();
    check(cast.running).to.deep.equal(["a", "b", "c"]);
    await cast.end("b");
    check(cast.running).to.deep.equal(["a", "c", "d"]);
    for (const title of ["a", "c", "d"]) await cast.end(title);
    check((await linesOf(running)).map(({ verdict }) => verdict)).to.deep.equal(Array(4).fill("passed"));
  });

  it("lets nobody wait for a device behind one who does", async () => {
    const advanced = { alice: { type: "advanced" } } as const;
    const running = start([cast.spec("a", advanced), cast.spec("b", advanced), cast.spec("c")]);
    await settle();
    check(cast.running).to.deep.equal(["a", "c"]);
    for (const title of ["a", "b", "c"]) await cast.end(title);
    await running.done;
  });

  it("starts what waits longest first, and the rest in order", async () => {
    const waits = (title: string, waitsSeconds: number): ScenarioSpec => {
      const spec = cast.spec(title);
      return { ...spec, definition: { ...spec.definition, waitsSeconds } };
    };
    const running = start([cast.spec("a"), cast.spec("b"), waits("c", 3), waits("d", 6)]);
    await settle();
    check(cast.running).to.deep.equal(["d", "c", "a"]);
    for (const title of ["d", "c", "a", "b"]) await cast.end(title);
    check([...running.results.keys()].map(({ title }) => title)).to.deep.equal(["a", "b", "c", "d"]);
    await running.done;
  });

  it("runs one after the other when told so", async () => {
    const running = start([cast.spec("a"), cast.spec("b")], { concurrency: 1 });
    await settle();
    check(cast.running).to.deep.equal(["a"]);
    await cast.end("a");
    check(cast.running).to.deep.equal(["b"]);
    await cast.end("b");
    await running.done;
  });

  it("leaves to another thread what that has claimed, and takes its result", async () => {
    const ledger = RunLedger.ofScenarios(3);
    ledger.claim(1);
    const specs = [cast.spec("a"), cast.spec("b"), cast.spec("c")] as const;
    const running = start(specs, { ledger });
    await settle();
    check(cast.running).to.deep.equal(["a", "c"]);
    const elsewhere = { type: "scenario-end", scenario: "b", verdict: "deviation" } as ScenarioEndLine;
    running.settle(1, elsewhere);
    for (const title of ["a", "c"]) await cast.end(title);
    check((await linesOf(running)).map(({ verdict }) => verdict)).to.deep.equal(["passed", "deviation", "passed"]);
  });

  it("starts nothing more when it waited for a phone and another thread was faster", async () => {
    const ledger = RunLedger.ofScenarios(2);
    const advanced = { alice: { type: "advanced" } } as const;
    const running = start([cast.spec("a", advanced), cast.spec("b", advanced)], { ledger });
    await settle();
    ledger.claim(1);
    await cast.end("a");
    await running.done;
    check([cast.running, ledger.isClaimed(0)]).to.deep.equal([[], true]);
  });

  it("stops for failures in any thread with bail, and says of each scenario once that it was not run", async () => {
    const ledger = RunLedger.ofScenarios(3);
    ledger.claim(0);
    ledger.countFailure();
    const other = new FakeJournal();
    await Promise.all([
      start([cast.spec("a"), cast.spec("b"), cast.spec("c")], { ledger, bail: 1 }).done,
      start([cast.spec("a"), cast.spec("b"), cast.spec("c")], { ledger, bail: 1, journal: other }).done,
    ]);
    const skipped = [journal, other].flatMap(({ lines }) => lines.filter(({ type }) => type === "scenario-end"));
    check(cast.running).to.deep.equal([]);
    check(skipped).to.have.lengthOf(2);
  });

  it("gives the phones of a scenario in error back to the others", async () => {
    const both = { a: {}, b: {}, c: {} };
    const running = start([cast.spec("a", both), cast.spec("b", both)]);
    await settle();
    await cast.end("a", new TypeError("oops"));
    check(cast.running).to.deep.equal(["b"]);
    await cast.end("b");
    check((await linesOf(running)).map(({ verdict }) => verdict)).to.deep.equal(["error", "passed"]);
  });

  it("skips what is marked so and what the lab can never provide, saying why, in the journal too", async () => {
    const marked = { ...cast.spec("a"), skip: "not today" };
    const lines = await linesOf(start([marked, cast.spec("b", { alice: { type: "cisco" } })]));
    check(lines.map(({ verdict }) => verdict)).to.deep.equal(["skipped", "skipped"]);
    check(lines[0]?.reason).to.equal("not today");
    check(lines[1]?.reason).to.contain("no device for role");
    check(journal.of("scenario-end")).to.deep.equal(lines);
    check(journal.of("scenario-start").map(({ scenario }) => scenario)).to.deep.equal(["a", "b"]);
  });

  it("starts nothing further after a failure when it is to bail", async () => {
    const running = start([cast.spec("a"), cast.spec("b")], { concurrency: 1, bail: 1 });
    await settle();
    await cast.end("a", new TypeError("oops"));
    const [, second] = await linesOf(running);
    check(second).to.deep.include({ verdict: "skipped", reason: "--bail: 1 had failed" });
  });

  it("ends what runs and skips the rest when the run is ended", async () => {
    const running = start([fakeSpec("a", () => NEVER), cast.spec("b")], { concurrency: 1 });
    await settle();
    abort.abort(new UsageError("the run was ended: SIGTERM was received", { code: "ERR_RUN_ENDED" }));
    const lines = await linesOf(running);
    check(lines.map(({ verdict }) => verdict)).to.deep.equal(["skipped", "skipped"]);
    check(lines.map(({ reason }) => reason)).to.deep.equal(Array(2).fill("the run was ended: SIGTERM was received"));
    check(bed.phones.every((phone) => phone.closed)).to.equal(true);
  });

  it("does not try one scenario after the other at a target that answers nobody", async () => {
    bed.targetWasHeard = false;
    const running = start([fakeSpec("a", () => NEVER), cast.spec("b")], { concurrency: 1 });
    await clock.advanceAsync(1_000);
    const [first, second] = await linesOf(running);
    check(first?.failure?.code).to.equal("ERR_TARGET_SILENT");
    check(second).to.deep.include({ verdict: "inconclusive", durationMs: 0 });
    check(second?.reason).to.match(/^not tried/);
  });

  it("gives a scenario the time that it asks for", async () => {
    const running = start([fakeSpec("a", () => NEVER, { timeoutMs: 50 })]);
    await clock.advanceAsync(50);
    check((await linesOf(running))[0]?.failure?.message).to.contain("within 50 ms");
  });

  it("puts an error that nobody can catch on the scenario it came from, and on no other", async () => {
    const careless = fakeSpec("careless", async () => {
      expect(1).to.equal(1);
      void Promise.reject(new TypeError("nobody awaits me"));
      await NEVER;
    });
    const timers = fakeSpec("timers", async () => {
      setImmediate(() => {
        throw new TypeError("from a timer");
      });
      await NEVER;
    });
    const running = start([cast.spec("bystander"), careless, timers]);
    await Promise.all([...running.results.values()].slice(1));
    await cast.end("bystander");
    const lines = await linesOf(running);
    check(lines.map(({ verdict }) => verdict)).to.deep.equal(["passed", "error", "error"]);
    check(lines[1]?.failure?.message).to.equal("TypeError: nobody awaits me");
    check(lines[2]?.failure?.message).to.equal("TypeError: from a timer");
    check(strays).to.deep.equal([]);
  });

  it("tells of an error that no scenario is to blame for", async () => {
    const running = start([cast.spec("a")]);
    const ours = new Error("ours");
    setImmediate(() => {
      throw ours;
    });
    await settle();
    await settle();
    await cast.end("a");
    await running.done;
    check(strays).to.deep.equal([ours]);
  });

  it("ends when the journal cannot be written", async () => {
    const full = new Error("ENOSPC: no space left on device");
    journal.write = () => {
      throw full;
    };
    const running = start([cast.spec("a"), cast.spec("b")], { concurrency: 1 });
    const outcomes = await Promise.allSettled(running.results.values());
    check(outcomes.map((outcome) => outcome.status === "rejected" && (outcome.reason as Error))).to.deep.equal([
      full,
      full,
    ]);
    await running.done;
  });

  it("skips what needs a target that can be reconfigured where it cannot", async () => {
    const spec = fakeSpec("changes", () => NEVER, { needs: ["administration"] });
    const [line] = await linesOf(start([spec]));
    check(line).to.include({
      verdict: "skipped",
      reason: "the target cannot be reconfigured in a run: it has no administration",
    });
  });
});

describe("retries", () => {
  /** A scenario that fails so many times, then passes. */
  function failing(times: number, title = "shaky"): ScenarioSpec {
    let tries = 0;
    return fakeSpec(title, async () => {
      tries += 1;
      await settle();
      expect(tries).to.be.above(times);
    });
  }

  async function run(
    spec: ScenarioSpec,
    wishes: Partial<RunnerOptions>,
  ): Promise<{ line: ScenarioEndLine; journal: FakeJournal; bed: FakeBed }> {
    const journal = new FakeJournal();
    const bed = new FakeBed();
    const options = { bed, journal, clock: new FakeClock(), concurrency: 8, timeoutMs: 1_000, bail: 0 };
    const running = startScenarios([spec], {
      ...options,
      signal: new AbortController().signal,
      onStray: () => undefined,
      ...wishes,
    });
    await running.done;
    const line = await running.results.get(spec);
    if (!line) throw new Error("no result");
    return { line, journal, bed };
  }

  it("try what failed again on fresh phones, and call it flaky when it passes then", async () => {
    const { line, journal, bed } = await run(failing(1), { retries: 2 });
    check(line).to.include({ verdict: "passed", attempt: 2, flaky: true });
    check(journal.of("scenario-start").map(({ attempt }) => attempt)).to.deep.equal([1, 2]);
    check(journal.of("scenario-end").map(({ verdict, flaky }) => [verdict, flaky])).to.deep.equal([
      ["failed", false],
      ["passed", true],
    ]);
    check(bed.phones.map(({ closed }) => closed)).to.deep.equal([true, true]);
  });

  it("end with the last attempt when none passes", async () => {
    const { line, journal } = await run(failing(9), { retries: 2 });
    check(line).to.include({ verdict: "failed", attempt: 3, flaky: false });
    check(journal.of("scenario-end")).to.have.length(3);
  });

  it("are none unless asked for, and none for what passed", async () => {
    check((await run(failing(1), {})).line).to.include({ verdict: "failed", attempt: 1 });
    check((await run(failing(0), { retries: 2 })).line).to.include({ verdict: "passed", attempt: 1, flaky: false });
  });

  it("are for deviations only where those fail the run", async () => {
    const deviating = (): ScenarioSpec => ({ ...failing(1), definition: { rules: ["REG-18"], phones: { alice: {} } } });
    check((await run(deviating(), { retries: 1 })).line).to.include({ verdict: "deviation", attempt: 1 });
    check((await run(deviating(), { retries: 1, strict: true })).line).to.include({
      verdict: "passed",
      attempt: 2,
      flaky: true,
    });
  });

  it("leave the first result standing when the run ends before the second attempt", async () => {
    const abort = new AbortController();
    const shaky = failing(9);
    const blocker = fakeSpec("blocks", async () => {
      abort.abort(new UsageError("the run was ended", { code: "ERR_RUN_ENDED" }));
      await NEVER;
    });
    const journal = new FakeJournal();
    const options = { bed: new FakeBed(), journal, clock: new FakeClock(), concurrency: 1, timeoutMs: 1_000, bail: 0 };
    const running = startScenarios([shaky, blocker], {
      ...{ ...options, retries: 3, signal: abort.signal },
      onStray: () => undefined,
    });
    await running.done;
    check(await running.results.get(shaky)).to.include({ verdict: "failed", attempt: 1 });
    check(await running.results.get(blocker)).to.include({ verdict: "skipped" });
    check(journal.of("scenario-end")).to.have.length(2);
  });
});
