import { Assertion, AssertionError, util } from "chai";
import { evidenceIsWanted, reportEvidence } from "./evidence.ts";

interface Frame {
  /** The claim of the last `assert` of the check, in words. */
  claim?: () => string;
}

type Check = (this: unknown, ...args: unknown[]) => unknown;

/** The check that is running: checks of chai are built from other checks, and only the one that a script called counts. */
let running: Frame | undefined;

function reported(check: () => unknown): unknown {
  if (running !== undefined || !evidenceIsWanted()) return check();
  const frame: Frame = {};
  running = frame;
  try {
    const result = check();
    if (frame.claim) reportEvidence({ claim: withoutOutcome(frame.claim()), outcome: "passed" });
    return result;
  } catch (error) {
    if (error instanceof AssertionError) reportEvidence({ claim: error.message, outcome: "failed" });
    throw error;
  } finally {
    running = undefined;
  }
}

/** The words of chai are made for failures: `…, but got 1` says nothing of a check that passed. */
function withoutOutcome(claim: string): string {
  const place = claim.lastIndexOf(" but got ");
  return place < 0 ? claim : claim.slice(0, place).replace(/,$/, "");
}

const wrapped = (original: Check): Check =>
  function (this: unknown, ...args: unknown[]) {
    return reported(() => original.apply(this, args));
  };

/** Makes chai's own checks report evidence, one piece for each that a script calls. Call it before claims are added. */
export function reportPlainChecks(): void {
  const prototype = Assertion.prototype as Chai.AssertionStatic & { __methods: object };
  const unchanged = (original: Check): Check => original;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (NOT_CHECKS.has(name)) continue;
    if (Object.hasOwn(prototype.__methods, name)) {
      util.overwriteChainableMethod(prototype, name, wrapped, unchanged as unknown as () => void);
    } else if (descriptor.get) util.overwriteProperty(prototype, name, wrapped as never);
    else if (typeof descriptor.value === "function") util.overwriteMethod(prototype, name, wrapped);
  }
  noteClaims(prototype);
}

/** Every check ends in `assert`, which is where its words are. */
function noteClaims(prototype: Chai.AssertionStatic): void {
  const original = Reflect.get(prototype, "assert") as (
    this: Chai.AssertionStatic,
    ...args: Chai.AssertionArgs
  ) => void;
  prototype.assert = function (this: Chai.AssertionStatic, ...args: Chai.AssertionArgs) {
    if (running) running.claim = () => util.getMessage(this, args);
    original.apply(this, args);
  };
}

/**
 * Words that claim nothing. They stay as they are also because a wrapped property hands on chai's lock on where stacks
 * begin: a claim behind it would fail without the line of the script.
 */
const WORDS =
  "to be been is that which and has have with at of same but does still also not deep nested own ordered any all";

const NOT_CHECKS = new Set(["constructor", "assert", "_obj", "__methods", ...WORDS.split(" ")]);
