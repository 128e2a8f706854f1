import { AsyncLocalStorage } from "node:async_hooks";
import { AssertionError } from "chai";
import { asError, HarnessError, InternalError } from "../core/errors.ts";
import { delay, settledWithin, type Clock } from "../core/clock.ts";
import { describeStream, type MediaReport } from "../media/index.ts";
import type { Journal } from "../results/index.ts";
import type { Failure, ScenarioEndLine } from "../results/model.ts";
import type { RuleId } from "../rules/index.ts";
import type { SimulatedPhone, TracedMessage } from "../simulator/index.ts";
import type { TestBed } from "./assemble.ts";
import type { Lease } from "./leases.ts";
import { failureOf } from "./failure-of.ts";
import { LostMessages } from "./lost-messages.ts";
import { Recorder, type BlamedError } from "./recorder.ts";
import type { NumberRoles, PhoneRoles, UserRoles } from "./roles.ts";
import type { ScenarioContext, ScenarioSpec } from "./scenario.ts";
import { LeasedAdministration, named } from "./scenario-administration.ts";
import { leftUp, notRestored, timedOut, uncheckedRules, unobservedRules } from "./scenario-faults.ts";
import { SentCredentials } from "./sent-credentials.ts";
import { UnansweredRequests } from "./unanswered.ts";
import { graver, verdictOf, type FinalVerdict } from "./verdict.ts";

export interface ScenarioRun {
  readonly spec: ScenarioSpec;
  readonly bed: TestBed;
  readonly lease: Lease;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Counts from 1. */
  readonly attempt: number;
  /** Whether a deviation counts as failed: then it is no success on retry. */
  readonly strict: boolean;
  /** Aborted when the whole run ends early. */
  readonly signal: AbortSignal;
  /** Counts the messages of the run. */
  readonly nextIndex: () => number;
}

/** Most time that hanging up, unregistering and closing may take beyond the scenario itself, ms. */
const CLEAN_UP_MS = 5_000;

/** Time for the last BYE to reach the other phone when the body has ended; only a call left up costs it. */
const LAST_BYE_MS = 500;
const LOOK_AGAIN_MS = 10;

const executions = new AsyncLocalStorage<ScenarioExecution>();

class ScenarioExecution {
  readonly #run: ScenarioRun;
  readonly #recorder: Recorder;
  readonly #phones: SimulatedPhone[] = [];
  readonly #unanswered = new UnansweredRequests();
  readonly #lost = new LostMessages();
  readonly #credentials = new SentCredentials();
  readonly #abort = new AbortController();
  readonly #administration: LeasedAdministration | undefined;
  readonly #observedRules = new Set<RuleId>();
  #bodyEndedAt: number | undefined;

  constructor(run: ScenarioRun) {
    this.#run = run;
    this.#recorder = new Recorder(run.spec, run.journal, run.clock);
    const { bed, lease, spec } = run;
    if (!bed.administration || (spec.definition.needs ?? []).length === 0) return;
    this.#administration = new LeasedAdministration({
      port: bed.administration,
      lab: bed.lab,
      lease,
      observe: (text) => {
        this.#note(text);
      },
    });
  }

  async execute(): Promise<ScenarioEndLine> {
    const started = this.#run.clock.now();
    this.#writeStart();
    const stop = (): void => {
      this.#abort.abort(this.#run.signal.reason);
    };
    this.#run.signal.addEventListener("abort", stop, { once: true });
    const ended = await executions.run(this, () => this.#runBody());
    const blamed = this.#brokenWireRule() ?? this.#lostOnTheWay(ended) ?? ended;
    this.#recorder.close();
    this.#bodyEndedAt = this.#run.clock.wallTime();
    this.#run.signal.removeEventListener("abort", stop);
    const leak = await this.#cleanUp(blamed === undefined);
    const line = this.#endLine(this.#judge(blamed ?? leak), blamed ?? leak, started);
    this.#run.journal.write(line);
    return line;
  }

  /**
   * Ends the scenario by an error that came from it, but not by the way of its body.
   * @returns whether the error is dealt with; waits that end because the phones are closed are no news.
   */
  takeStray(error: Error): boolean {
    if (this.#bodyEndedAt !== undefined) return error instanceof HarnessError && !(error instanceof InternalError);
    this.#abort.abort(error);
    return true;
  }

  #writeStart(): void {
    const { spec, lease, journal, clock, attempt } = this.#run;
    const phones = [...lease.devices].map(([role, device]) => [
      role,
      { device: device.name, type: device.type, lines: device.lines.map((line) => line.directoryNumber) },
    ]);
    journal.write({
      type: "scenario-start",
      scenario: spec.id,
      at: clock.wallTime(),
      title: spec.title,
      place: spec.place,
      rules: spec.definition.rules,
      controls: spec.definition.controls ?? [],
      attempt,
      phones: Object.fromEntries(phones) as Record<string, { device: string; type: string; lines: string[] }>,
    });
  }

  /** A wire rule whose function threw made a message go missing; whatever came of that is the script's doing. */
  #brokenWireRule(): BlamedError | undefined {
    const error = this.#phones.map((phone) => phone.wire.failure).find((failure) => failure !== undefined);
    return error && { error, judged: { rules: [], control: false } };
  }

  /** A wait in vain for what the impairment took is the network's doing. */
  #lostOnTheWay(blamed: BlamedError | undefined): BlamedError | undefined {
    const error = blamed?.error instanceof HarnessError ? this.#lost.excuse(blamed.error) : undefined;
    return blamed && error && { ...blamed, error };
  }

  async #runBody(): Promise<BlamedError | undefined> {
    try {
      const context = await this.#context();
      await this.#withTimeout(this.#recorder.run(() => this.#run.spec.body(context)));
    } catch (error) {
      const cameFromOutside = this.#abort.signal.aborted && this.#abort.signal.reason === error;
      return cameFromOutside ? this.#recorder.blameRunning(error) : this.#recorder.blame(error);
    }
    return this.#brokenPromise();
  }

  /** A rule that the scenario names and did nothing for. */
  #brokenPromise(): BlamedError | undefined {
    const { rules, observes = [] } = this.#run.spec.definition;
    const unchecked = rules.filter((rule) => !this.#recorder.checkedRules.has(rule));
    if (unchecked.length > 0) return { error: uncheckedRules(unchecked), judged: { rules: unchecked, control: false } };
    const unseen = observes.filter((rule) => !this.#observedRules.has(rule));
    if (unseen.length === 0) return undefined;
    return { error: unobservedRules(unseen), judged: { rules: unseen, control: false } };
  }

  async #context(): Promise<ScenarioContext<PhoneRoles, UserRoles, NumberRoles>> {
    const { bed, lease } = this.#run;
    const administration = this.#administration;
    const opened = await Promise.allSettled(
      [...lease.devices].map(async ([role, device]) => {
        const phone = await bed.openPhone(role, device, {
          record: (entry) => {
            this.#record(role, entry);
          },
          observe: (media) => {
            this.#observeMedia(media);
          },
        });
        this.#phones.push(phone);
        this.#impair(role, phone);
        return [role, phone] as const;
      }),
    );
    const failed = opened.find((result) => result.status === "rejected");
    if (failed) throw asError(failed.reason);
    return {
      phones: Object.fromEntries(
        opened.filter((result) => result.status === "fulfilled").map((result) => result.value),
      ),
      users: Object.fromEntries(lease.users),
      numbers: Object.fromEntries(lease.numbers),
      step: this.#recorder.step,
      target: bed.target,
      observe: (text, options = {}) => {
        if (this.#bodyEndedAt === undefined) this.#note(text, options);
      },
      signal: this.#abort.signal,
      get administration() {
        return named(administration);
      },
    };
  }

  #note(text: string, options: { readonly rule?: RuleId; readonly data?: unknown } = {}): void {
    const { journal, spec, clock } = this.#run;
    if (options.rule !== undefined) this.#observedRules.add(options.rule);
    journal.write({ type: "observation", scenario: spec.id, at: clock.wallTime(), text, ...options });
  }

  /** Each phone of each scenario gets chances of its own, which do not depend on what runs beside it. */
  #impair(role: string, phone: SimulatedPhone): void {
    const { bed, spec, attempt } = this.#run;
    if (bed.impairment)
      phone.wire.impair({ ...bed.impairment, seed: `${bed.impairment.seed}/${spec.id}/${attempt}/${role}` });
  }

  #observeMedia({ title, streams }: MediaReport): void {
    for (const stream of streams) this.#note(`${title}: ${describeStream(stream)}`, { data: stream });
  }

  #record(endpoint: string, entry: TracedMessage): void {
    this.#unanswered.note(endpoint, entry);
    this.#lost.note(endpoint, entry);
    this.#credentials.note(endpoint, entry);
    const { at, direction, protocol, local, remote, notes, octets } = entry;
    const { journal, spec, nextIndex } = this.#run;
    journal.write({
      type: "message",
      scenario: spec.id,
      index: nextIndex(),
      endpoint,
      at,
      direction,
      protocol,
      local,
      remote,
      notes,
      octets: octets.toString("latin1"),
    });
  }

  /** Rejects when time is up or the run ends, even if the body never settles. */
  async #withTimeout(body: Promise<void>): Promise<void> {
    const { clock, timeoutMs } = this.#run;
    const timer = clock.setTimer(timeoutMs, () => {
      this.#abort.abort(timedOut(timeoutMs, this.#run.bed.targetWasHeard, this.#unanswered.oldest));
    });
    const aborted = new Promise<never>((_resolve, reject) => {
      const fail = (): void => {
        reject(asError(this.#abort.signal.reason));
      };
      if (this.#abort.signal.aborted) fail();
      else this.#abort.signal.addEventListener("abort", fail, { once: true });
    });
    try {
      await Promise.race([body, aborted]);
    } finally {
      timer.cancel();
      body.catch(() => undefined);
    }
  }

  /** Hangs up, unregisters and closes every phone. A call that a body which ended well left up is the script's leak. */
  async #cleanUp(endedWell: boolean): Promise<BlamedError | undefined> {
    const open = endedWell ? await this.#callsLeftUp() : [];
    const closing = Promise.allSettled(this.#phones.map((phone) => phone.close()));
    await settledWithin(this.#run.clock, closing, CLEAN_UP_MS);
    const notRestored = await this.#restore();
    if (open.length === 0) return notRestored;
    return { error: leftUp(open), judged: { rules: [], control: false } };
  }

  /** What was changed at the target is put back before anyone else gets what the scenario had. */
  async #restore(): Promise<BlamedError | undefined> {
    const stopWaiting = new AbortController();
    const late = delay(this.#run.clock, CLEAN_UP_MS, stopWaiting.signal).then(() => {
      throw new Error(`it takes more than ${CLEAN_UP_MS} ms`);
    });
    try {
      await Promise.race([this.#administration?.restore(), late]);
      return undefined;
    } catch (error) {
      return { error: notRestored(asError(error)), judged: { rules: [], control: false } };
    } finally {
      late.catch(() => undefined);
      stopWaiting.abort();
    }
  }

  /** Calls that are still up when a BYE that was under way has had the time to arrive. */
  async #callsLeftUp(): Promise<string[]> {
    for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
      const open = this.#phones.flatMap((phone) => phone.openCalls().map((call) => `${phone.name}: ${call}`));
      if (open.length === 0 || waitedMs >= LAST_BYE_MS) return open;
      await delay(this.#run.clock, LOOK_AGAIN_MS);
    }
  }

  #judge(blamed: BlamedError | undefined): FinalVerdict {
    const { bed } = this.#run;
    const surroundings = { embedded: bed.target.embedded, targetWasHeard: bed.targetWasHeard };
    let verdict: FinalVerdict = blamed ? verdictOf(asError(blamed.error), blamed.judged, surroundings) : "passed";
    for (const judged of this.#recorder.failedChecks) {
      verdict = graver(verdict, verdictOf(new AssertionError("a check failed"), judged, surroundings));
    }
    return verdict;
  }

  #failure(blamed: BlamedError, at: number): Failure {
    const failure = failureOf(blamed, this.#run.spec);
    const userOf = (role: string): SimulatedPhone["user"] => this.#phones.find(({ name }) => name === role)?.user;
    const digests = this.#credentials.findings(userOf);
    return { at, ...failure, ...(digests.length > 0 ? { digests } : {}) };
  }

  #endLine(verdict: FinalVerdict, blamed: BlamedError | undefined, started: number): ScenarioEndLine {
    const { spec, clock, attempt, strict } = this.#run;
    const at = this.#bodyEndedAt ?? clock.wallTime();
    const told = blamed ? this.#failure(blamed, at) : undefined;
    const failure = verdict === "skipped" ? undefined : told;
    const reason = verdict === "inconclusive" || verdict === "skipped" ? told?.message.split("\n")[0] : undefined;
    return {
      type: "scenario-end",
      scenario: spec.id,
      at: clock.wallTime(),
      attempt,
      verdict,
      durationMs: Math.round((clock.now() - started) * 10) / 10,
      ...(reason === undefined ? {} : { reason }),
      ...(failure ? { failure } : {}),
      flaky: attempt > 1 && (verdict === "passed" || (verdict === "deviation" && !strict)),
    };
  }
}

/** Hands an error that nobody could catch to the scenario it came from. @returns false when it came from none. */
export function blameScenario(error: Error): boolean {
  return executions.getStore()?.takeStray(error) ?? false;
}

/** Runs one attempt at a scenario on a leased part of the lab. Never rejects: whatever happens becomes a verdict. */
export async function runScenario(run: ScenarioRun): Promise<ScenarioEndLine> {
  return await new ScenarioExecution(run).execute();
}
