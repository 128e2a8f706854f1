import { AssertionError, expect } from "chai";
import {
  InternalError,
  InventoryError,
  PeerProtocolError,
  TransportError,
  UnexpectedOutcomeError,
  UsageError,
  WaitTimeoutError,
} from "../../src/core/errors.ts";
import { exitCodeOf, graver, verdictOf, type ExitFacts, type JudgedBy } from "../../src/scenarios/verdict.ts";

const MUST: JudgedBy = { rules: ["REG-03"], control: false };
const SHOULD: JudgedBy = { rules: ["REG-22"], control: false };
const INFO: JudgedBy = { rules: ["REG-02"], control: false };
const SHOULD_CONTROL: JudgedBy = { rules: ["REG-22"], control: true };
const HEARD = { embedded: true, targetWasHeard: true };
const SILENT = { embedded: false, targetWasHeard: false };
const CODE = { code: "ERR_X" };

describe("verdictOf", () => {
  it("fails a check of a must rule, and lets one of a should rule deviate", () => {
    expect(verdictOf(new AssertionError("no"), MUST, HEARD)).to.equal("failed");
    expect(verdictOf(new AssertionError("no"), SHOULD, HEARD)).to.equal("deviation");
  });

  it("takes the strongest of several rules", () => {
    expect(verdictOf(new AssertionError("no"), { rules: ["REG-22", "REG-03"], control: false }, HEARD)).to.equal(
      "failed",
    );
  });

  it("fails a control whatever the level of its rule", () => {
    expect(verdictOf(new AssertionError("no"), SHOULD_CONTROL, HEARD)).to.equal("failed");
  });

  it("judges a message that did not come by the rule it was awaited for", () => {
    expect(verdictOf(new WaitTimeoutError("no INVITE", CODE), MUST, HEARD)).to.equal("failed");
    expect(verdictOf(new WaitTimeoutError("no NOTIFY", CODE), SHOULD, HEARD)).to.equal("deviation");
  });

  it("judges an outcome that the protocol allows by the rule, too", () => {
    expect(verdictOf(new UnexpectedOutcomeError("486 came", CODE), MUST, HEARD)).to.equal("failed");
    expect(verdictOf(new UnexpectedOutcomeError("486 came", CODE), SHOULD, HEARD)).to.equal("deviation");
  });

  it("neither passes nor fails what is only observed", () => {
    expect(verdictOf(new AssertionError("no"), INFO, HEARD)).to.equal("skipped");
  });

  it("is inconclusive when the target has sent nothing at all, or the surroundings broke", () => {
    expect(verdictOf(new WaitTimeoutError("no answer", CODE), MUST, SILENT)).to.equal("inconclusive");
    expect(verdictOf(new TransportError("refused", CODE), MUST, HEARD)).to.equal("inconclusive");
    expect(verdictOf(new InventoryError("no such", CODE), MUST, HEARD)).to.equal("inconclusive");
  });

  it("fails a peer that breaks the protocol, whatever was being judged", () => {
    expect(verdictOf(new PeerProtocolError("two answers", CODE), SHOULD, HEARD)).to.equal("failed");
  });

  it("calls everything else an error", () => {
    for (const error of [new UsageError("x", CODE), new InternalError("x", CODE), new TypeError("x")]) {
      expect(verdictOf(error, MUST, HEARD)).to.equal("error");
    }
  });
});

describe("graver", () => {
  it("puts an error above a failure, and a failure above what is inconclusive", () => {
    expect(graver("failed", "error")).to.equal("error");
    expect(graver("failed", "inconclusive")).to.equal("failed");
    expect(graver("passed", "deviation")).to.equal("deviation");
  });
});

describe("exitCodeOf", () => {
  const passed: ExitFacts = { verdicts: ["passed"], strict: false, internalError: false };

  it("is 0 when all passed or deviated, 1 for a deviation when strict", () => {
    expect(exitCodeOf(passed)).to.equal(0);
    expect(exitCodeOf({ ...passed, verdicts: ["deviation"] })).to.equal(0);
    expect(exitCodeOf({ ...passed, verdicts: ["deviation"], strict: true })).to.equal(1);
  });

  it("is 1 for failures and errors, above inconclusive ones", () => {
    expect(exitCodeOf({ ...passed, verdicts: ["inconclusive", "failed"] })).to.equal(1);
    expect(exitCodeOf({ ...passed, verdicts: ["error"] })).to.equal(1);
    expect(exitCodeOf({ ...passed, verdicts: ["inconclusive", "passed"] })).to.equal(3);
  });

  it("is 1 for what passed on retry only where that is to fail the run, above inconclusive", () => {
    expect(exitCodeOf({ ...passed, failedByFlaky: true })).to.equal(1);
    expect(exitCodeOf({ ...passed, verdicts: ["inconclusive"], failedByFlaky: true })).to.equal(1);
    expect(exitCodeOf({ ...passed, failedByFlaky: false })).to.equal(0);
  });

  it("is 4 when nothing was selected", () => {
    expect(exitCodeOf({ ...passed, verdicts: [] })).to.equal(4);
  });

  it("lets a signal win, then the global time-out, then our own mistakes", () => {
    const worst: ExitFacts = { verdicts: ["failed"], strict: false, internalError: true };
    expect(exitCodeOf({ ...worst, interrupted: "SIGINT" })).to.equal(130);
    expect(exitCodeOf({ ...worst, interrupted: "SIGTERM" })).to.equal(143);
    expect(exitCodeOf({ ...worst, interrupted: "global-timeout" })).to.equal(124);
    expect(exitCodeOf(worst)).to.equal(70);
  });
});
