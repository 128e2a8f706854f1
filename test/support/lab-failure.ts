import { InventoryError } from "../../src/core/errors.ts";
import { parseLab, type Environment, type LabProblem } from "../../src/inventory/index.ts";

/** The error that a lab file meets; throws when it is accepted. */
export function labFailure(text: string, env: Environment = {}): InventoryError {
  try {
    parseLab(text, "test.lab.yaml", { env });
  } catch (error) {
    if (error instanceof InventoryError) return error;
    throw error;
  }
  throw new Error("the lab file was accepted");
}

/** All problems of a lab file, in the order of the file. */
export function problemsOf(error: InventoryError): readonly LabProblem[] {
  return error.details["problems"] as readonly LabProblem[];
}
