import { AssertionError } from "chai";
import { withEvidence, type Evidence } from "../../src/assertions/index.ts";

/** The AssertionError that `check` throws. */
export function failureOf(check: () => unknown): Chai.AssertionError<unknown> {
  try {
    check();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error("the check passed, though it was expected to fail");
}

/** The evidence of the checks in `body`, which may fail. */
export async function evidenceOf(body: () => unknown): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  try {
    await withEvidence((piece) => evidence.push(piece), body);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
  }
  return evidence;
}
