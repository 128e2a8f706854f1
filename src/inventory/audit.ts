import type { Lab, Place } from "./model.ts";

/** Something about a lab that loads, and yet will surprise its keeper. */
export interface Finding {
  /** `warning`: phones will not do what the lab seems to want. `info`: worth knowing. */
  readonly severity: "warning" | "info";
  /** Id of the rule that the lab goes against. */
  readonly rule?: string;
  readonly message: string;
  readonly place: Place;
}

/** What is doubtful about `lab`, in the order of the file. Holds no secrets. */
export function auditLab(lab: Lab): Finding[] {
  return [];
}
