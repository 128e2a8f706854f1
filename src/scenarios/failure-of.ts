import { AssertionError } from "chai";
import { messageJudged } from "../assertions/index.ts";
import { asError, HarnessError } from "../core/errors.ts";
import type { Failure } from "../results/model.ts";
import type { BlamedError } from "./recorder.ts";
import type { ScenarioSpec } from "./scenario.ts";
import { placeInStack } from "./source-place.ts";

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether only its class says what kind of mistake it is: `TypeError: x is not a function`. */
function isPlain(error: Error): boolean {
  return !(error instanceof HarnessError) && !(error instanceof AssertionError);
}

/** The error as the journal tells it: what the reports need, and nothing that cannot be written as JSON. */
export function failureOf(blamed: BlamedError, spec: ScenarioSpec): Failure {
  const error = asError(blamed.error);
  const place = placeInStack(error.stack, spec.place.file) ?? spec.place;
  const expectation = error as Error & { expected?: unknown; actual?: unknown };
  const expected = error instanceof AssertionError ? shown(expectation.expected) : undefined;
  const received = error instanceof AssertionError ? shown(expectation.actual) : undefined;
  const rule = blamed.judged.rules[0];
  return {
    name: error.name,
    message: isPlain(error) ? `${error.name}: ${error.message}` : error.message,
    place,
    ...(error instanceof HarnessError ? { code: error.code } : {}),
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(rule === undefined ? {} : { rule }),
    ...(blamed.step === undefined ? {} : { step: blamed.step }),
    ...aboutOf(error),
  };
}

/** The exchange that the error is about, as far as it knows. */
function aboutOf(error: Error): Pick<Failure, "about"> {
  const message = messageJudged(error);
  const callId = message?.get("Call-ID") ?? (error instanceof HarnessError ? error.details["callId"] : undefined);
  const cseq = message?.get("CSeq")?.replace(/\s+/g, " ");
  if (typeof callId !== "string") return {};
  return { about: cseq === undefined ? { callId } : { callId, cseq } };
}
