import { expect as check } from "chai";
import { expect } from "../../src/assertions/index.ts";
import { PeerProtocolError, TransportError, UsageError, WaitTimeoutError } from "../../src/core/errors.ts";
import type { ScenarioEndLine } from "../../src/results/model.ts";
import type { RuleId } from "../../src/rules/index.ts";
import { LeasePool } from "../../src/scenarios/leases.ts";
import { runScenario } from "../../src/scenarios/run-scenario.ts";
import type { ScenarioSpec } from "../../src/scenarios/scenario.ts";
import type { TracedMessage } from "../../src/simulator/index.ts";
import { SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import { FakeBed, FakeJournal, fakeSpec, type FakeContext } from "../support/fake-bed.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";
import { LabAdministration } from "../support/lab-administration.ts";

const CODE = { code: "ERR_X" };
const NEVER = new Promise<never>(() => undefined);

const REGISTER = SipRequest.create({
  method: "REGISTER",
  requestUri: "sip:192.0.2.1",
  headers: [
    ["Call-ID", "1@phone"],
    ["CSeq", "1 REGISTER"],
  ],
});

function traced(direction: "sent" | "received", message: SipRequest | SipResponse): TracedMessage {
  const place = { protocol: "udp", local: "192.0.2.2:5060", remote: "192.0.2.1:5060" } as const;
  return { index: 0, at: 0, direction, ...place, octets: message.toOctets(), message, notes: [] };
}

describe("runScenario", () => {
  let bed: FakeBed;
  let journal: FakeJournal;
  let clock: FakeClock;
  let endRun: AbortController;

  beforeEach(() => {
    bed = new FakeBed();
    journal = new FakeJournal();
    clock = new FakeClock();
    endRun = new AbortController();
  });

  async function run(spec: ScenarioSpec): Promise<ScenarioEndLine> {
    const pool = new LeasePool(bed.lab);
    const lease = pool.tryLease(pool.prepare({ phones: spec.definition.phones, users: {}, numbers: {} }));
    if (!lease) throw new Error("the test lab has no such phone");
    let index = 0;
    const nextIndex = (): number => (index += 1);
    return await runScenario({
      ...{ spec, bed, lease, journal, clock, nextIndex },
      ...{ timeoutMs: 1_000, attempt: 1, strict: false, signal: endRun.signal },
    });
  }

  const passingCheck = (): void => {
    expect(1).to.equal(1);
  };
  const endsWell = (): Promise<void> => {
    passingCheck();
    return Promise.resolve();
  };

  const leavesCallUp = (): Promise<void> => {
    for (const phone of bed.phones) phone.calls = ["call to 1002 (confirmed)"];
    return endsWell();
  };

  it("passes when the body ends well, every rule was checked and no call is up", async () => {
    const line = await run(
      fakeSpec("x", ({ step }) =>
        step("checks", () => {
          clock.advance(20);
          passingCheck();
        }),
      ),
    );
    check(line).to.deep.include({ verdict: "passed", durationMs: 20, attempt: 1 });
    check(line.failure).to.equal(undefined);
  });

  it("fails by a check of a must rule, telling step, rule, what was expected and what came", async () => {
    const line = await run(fakeSpec("x", ({ step }) => step("counts", () => void expect(1).to.equal(2))));
    check(line.verdict).to.equal("failed");
    check(line.failure).to.deep.include({ step: "counts", rule: "REG-03", expected: "2", received: "1" });
  });

  it("tells by a failure which exchange was judged, or waited for", async () => {
    const about = async (body: () => unknown): Promise<unknown> => {
      const spec = fakeSpec("x", async () => {
        await Promise.resolve(body());
      });
      return (await run(spec)).failure?.about;
    };
    const refusal = SipResponse.to(REGISTER, 404);
    check(await about(() => void expect(refusal).to.have.status(200))).to.deep.equal({
      callId: "1@phone",
      cseq: "1 REGISTER",
    });
    const details = { callId: "2@phone" };
    check(await about(() => Promise.reject(new WaitTimeoutError("nothing came", { ...CODE, details })))).to.deep.equal(
      details,
    );
    check(await about(() => void expect(1).to.equal(2))).to.equal(undefined);
  });

  it("deviates by a check of a should rule, unless it is a control", async () => {
    const spec = (control: boolean): ScenarioSpec =>
      fakeSpec("x", ({ step }) => step("s", { control }, () => void expect(1).to.equal(2)), { rules: ["REG-22"] });
    check((await run(spec(false))).verdict).to.equal("deviation");
    check((await run(spec(true))).verdict).to.equal("failed");
  });

  it("fails by a failed check that the script caught", async () => {
    const line = await run(
      fakeSpec("x", async () => {
        await Promise.resolve()
          .then(() => void expect(1).to.equal(2))
          .catch(() => undefined);
      }),
    );
    check(line.verdict).to.equal("failed");
  });

  it("judges errors by whose fault they are", async () => {
    const verdict = async (error: Error): Promise<string> =>
      (await run(fakeSpec("x", () => Promise.reject(error)))).verdict;
    check(await verdict(new TypeError("oops"))).to.equal("error");
    check(await verdict("a word" as unknown as Error)).to.equal("error");
    check(await verdict(new PeerProtocolError("x", CODE))).to.equal("failed");
    check(await verdict(new WaitTimeoutError("x", CODE))).to.equal("failed");
    check(await verdict(new TransportError("x", CODE))).to.equal("inconclusive");
  });

  it("blames the script when a wire rule of it threw, whatever came of that", async () => {
    const spec = fakeSpec("x", () => {
      for (const phone of bed.phones) phone.wireFailure = new UsageError("rule threw", { code: "ERR_WIRE_RULE" });
      return Promise.reject(new WaitTimeoutError("no answer", CODE));
    });
    const line = await run(spec);
    check(line.verdict).to.equal("error");
    check(line.failure?.code).to.equal("ERR_WIRE_RULE");
  });

  describe("on a bad network", () => {
    const dropped: TracedMessage["notes"] = ["dropped", "impaired"];
    const waitsInVain = (details: { callId?: string } = {}): Error =>
      new WaitTimeoutError("nothing came", { code: "ERR_WAIT_TIMEOUT", details });
    const ok = SipResponse.to(REGISTER, 200);

    /** Runs a scenario whose phone sees these messages before it gives up. */
    async function givesUp(error: Error, ...messages: readonly TracedMessage[]): Promise<ScenarioEndLine> {
      return await run(
        fakeSpec("x", () => {
          for (const message of messages) bed.phones[0]?.record(message);
          return Promise.reject(error);
        }),
      );
    }

    it("gives each phone chances of its own, that the seed repeats", async () => {
      bed.impairment = { lossPercent: 10, seed: "s" };
      const twoPhones = { phones: { alice: {}, bob: {} } };
      await run(fakeSpec("one", endsWell, twoPhones));
      await run(fakeSpec("two", endsWell, twoPhones));
      const impairments = bed.phones.flatMap((phone) => phone.impairments);
      check(impairments.map(({ seed }) => seed)).to.have.members([
        "s/one/1/alice",
        "s/one/1/bob",
        "s/two/1/alice",
        "s/two/1/bob",
      ]);
      check(impairments.every(({ lossPercent }) => lossPercent === 10)).to.equal(true);
    });

    it("says nothing of the target when every copy of what was waited for was lost", async () => {
      const lost = { ...traced("sent", REGISTER), notes: dropped };
      const line = await givesUp(waitsInVain({ callId: REGISTER.callId }), lost, lost);
      check(line.verdict).to.equal("inconclusive");
      check(line.failure?.code).to.equal("ERR_IMPAIRED");
      check(line.reason).to.equal(
        "Of the REGISTER that alice sent the impairment took all 2 copies; that is no fault of the target.",
      );
    });

    it("says nothing of the target when its only answer was lost", async () => {
      const line = await givesUp(waitsInVain(), traced("sent", REGISTER), {
        ...traced("received", ok),
        notes: dropped,
      });
      check(line.verdict).to.equal("inconclusive");
      check(line.reason).to.match(/^Of the 200 that was sent to alice the impairment took its only copy/);
    });

    it("fails the target for its silence when a copy got through, another exchange was cut off, or a rule dropped it", async () => {
      const lost = { ...traced("sent", REGISTER), notes: dropped };
      const callId = REGISTER.callId;
      check((await givesUp(waitsInVain({ callId }), lost, traced("sent", REGISTER))).verdict).to.equal("failed");
      check((await givesUp(waitsInVain({ callId: "another" }), lost)).verdict).to.equal("failed");
      const ruled: TracedMessage = { ...traced("sent", REGISTER), notes: ["dropped"] };
      check((await givesUp(waitsInVain({ callId }), ruled)).verdict).to.equal("failed");
    });

    it("excuses no check that failed", async () => {
      const lost = { ...traced("sent", REGISTER), notes: dropped };
      check((await givesUp(new PeerProtocolError("x", CODE), lost)).verdict).to.equal("failed");
    });
  });

  it("calls a named rule for which no check ran an error", async () => {
    const line = await run(fakeSpec("x", endsWell, { rules: ["REG-03", "REG-06"] }));
    check(line.verdict).to.equal("error");
    check(line.failure?.code).to.equal("ERR_RULE_UNCHECKED");
    check(line.failure?.message).to.match(/names REG-06 but/);
  });

  it("calls a rule that was to be observed and was not an error", async () => {
    const observing = (rule?: RuleId) =>
      run(
        fakeSpec(
          "x",
          async (context) => {
            await endsWell();
            context.observe("seen", rule ? { rule } : {});
          },
          { observes: ["REG-02"] },
        ),
      );
    check((await observing()).failure?.code).to.equal("ERR_RULE_UNOBSERVED");
    check((await observing("REG-02")).verdict).to.equal("passed");
  });

  it("calls a call that the script left up an error, and clears it away", async () => {
    const running = run(fakeSpec("x", leavesCallUp));
    await clock.advanceAsync(500);
    const line = await running;
    check(line.failure).to.deep.include({ code: "ERR_CALL_LEFT_UP" });
    check(line.failure?.message).to.contain("alice: call to 1002 (confirmed)");
    check(bed.phones.map((phone) => phone.closed)).to.deep.equal([true]);
  });

  it("lets the last BYE arrive before it calls a call left up", async () => {
    const running = run(fakeSpec("x", leavesCallUp));
    await clock.advanceAsync(100);
    for (const phone of bed.phones) phone.calls = [];
    await clock.advanceAsync(10);
    check((await running).verdict).to.equal("passed");
  });

  it("ends a body that never does when its time is up, blaming the step in which it hangs", async () => {
    const running = run(
      fakeSpec("x", async ({ step }) => {
        passingCheck();
        await step("waits for ever", () => NEVER);
      }),
    );
    await clock.advanceAsync(1_000);
    const line = await running;
    check(line).to.deep.include({ verdict: "error", durationMs: 1_000 });
    check(line.failure).to.deep.include({ code: "ERR_SCENARIO_TIMEOUT", step: "waits for ever" });
    check(bed.phones.map((phone) => phone.closed)).to.deep.equal([true]);
    check(clock.timerCount).to.equal(0);
  });

  it("tells the script by its signal that time is up", async () => {
    let told = false;
    const running = run(
      fakeSpec("x", async ({ signal }) => {
        signal.addEventListener("abort", () => (told = true));
        await NEVER;
      }),
    );
    await clock.advanceAsync(1_000);
    await running;
    check(told).to.equal(true);
  });

  it("is inconclusive when time is up and the target was never heard", async () => {
    bed.targetWasHeard = false;
    const running = run(fakeSpec("x", () => NEVER));
    await clock.advanceAsync(1_000);
    const line = await running;
    check(line.verdict).to.equal("inconclusive");
    check(line.reason).to.match(/No answer from the target within 1000 ms/);
  });

  it("blames the target when time is up and it has not answered a request at all", async () => {
    const running = run(
      fakeSpec("x", async () => {
        bed.phones[0]?.record(traced("sent", REGISTER));
        await NEVER;
      }),
    );
    await clock.advanceAsync(1_000);
    const line = await running;
    check(line.verdict).to.equal("failed");
    check(line.failure?.message).to.match(/has not answered the REGISTER of alice/);
  });

  it("blames the script when time is up and the target has answered", async () => {
    const running = run(
      fakeSpec("x", async () => {
        bed.phones[0]?.record(traced("sent", REGISTER));
        bed.phones[0]?.record(traced("received", SipResponse.to(REGISTER, 200)));
        await NEVER;
      }),
    );
    await clock.advanceAsync(1_000);
    check((await running).verdict).to.equal("error");
  });

  it("does not wait for ever for phones that do not close", async () => {
    bed.closing = () => NEVER;
    const running = run(fakeSpec("x", endsWell));
    await clock.advanceAsync(5_000);
    check((await running).verdict).to.equal("passed");
  });

  it("is skipped when the run ends around it, its phones cleared away", async () => {
    const running = run(fakeSpec("x", () => NEVER));
    await settle();
    endRun.abort(new UsageError("the run was ended: SIGINT was received", { code: "ERR_RUN_ENDED" }));
    const line = await running;
    check(line).to.deep.include({ verdict: "skipped", reason: "the run was ended: SIGINT was received" });
    check(bed.phones.map((phone) => phone.closed)).to.deep.equal([true]);
  });

  it("writes down nothing that a body does after it was given up", async () => {
    let goOn: () => void = () => undefined;
    const stay = new Promise<void>((resolve) => (goOn = resolve));
    const running = run(
      fakeSpec("x", async ({ step, observe }) => {
        await stay;
        observe("too late");
        await step("too late", passingCheck);
      }),
    );
    await clock.advanceAsync(1_000);
    await running;
    goOn();
    await settle();
    check(journal.lines.at(-1)?.type).to.equal("scenario-end");
  });

  describe("with a target that can be reconfigured", () => {
    const needs = ["administration"] as const;
    let port: LabAdministration;
    beforeEach(() => {
      bed.administration = port = new LabAdministration(bed.lab);
    });

    const changed = async ({ administration, phones }: FakeContext): Promise<void> => {
      passingCheck();
      const { outcome } = await administration.updatePhone(phones["alice"]!, { requireDtmfReception: true });
      check(outcome).to.equal("accepted");
      check(port.lab).not.to.equal(bed.lab);
    };

    it("puts everything back, and says what was changed", async () => {
      check((await run(fakeSpec("changes", changed, { needs }))).verdict).to.equal("passed");
      check(port.lab).to.deep.equal(bed.lab);
      check(journal.of("observation").map(({ text }) => text)).to.deep.equal([
        "administration: update-phone accepted: d1 is changed",
      ]);
    });

    it("puts everything back however the body ends, when the phones are closed", async () => {
      port.restoring = () => {
        check(bed.phones.every(({ closed }) => closed)).to.equal(true);
        return Promise.resolve();
      };
      const fails = async (context: FakeContext): Promise<void> => {
        await changed(context);
        throw new PeerProtocolError("broken", CODE);
      };
      check((await run(fakeSpec("fails", fails, { needs }))).verdict).to.equal("failed");
      check(port.lab).to.deep.equal(bed.lab);

      const hangs = async (context: FakeContext): Promise<void> => {
        await changed(context);
        await NEVER;
      };
      const running = run(fakeSpec("hangs", hangs, { needs }));
      await settle();
      clock.advance(1_000);
      check((await running).verdict).to.equal("error");
      check(port.lab).to.deep.equal(bed.lab);
    });

    it("is inconclusive when it cannot be put back", async () => {
      port.restoring = () => Promise.reject(new Error("no access"));
      const line = await run(fakeSpec("changes", changed, { needs }));
      check(line).to.include({ verdict: "inconclusive" });
      check(line.failure).to.include({ code: "ERR_NOT_RESTORED" });
    });

    it("gives up putting back after a while", async () => {
      port.restoring = () => NEVER;
      const running = run(fakeSpec("changes", changed, { needs }));
      await settle();
      clock.advance(5_000);
      check((await running).failure).to.include({ code: "ERR_NOT_RESTORED" });
    });

    it("is an error to reconfigure without a word of it in the definition", async () => {
      const line = await run(fakeSpec("changes", changed));
      check(line.failure).to.include({ code: "ERR_NEED_NOT_NAMED" });
      check(port.restored).to.deep.equal([]);
    });
  });
});
