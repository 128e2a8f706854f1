import type { Appearance } from "../directory.ts";
import type { Ruling } from "./ruling.ts";

export interface BusyQuestion {
  /** Appearances of the called line, all of them busy. */
  readonly targets: readonly Appearance[];
}

export type BusyCourse = Ruling &
  ({ readonly outcome: "busy" } | { readonly outcome: "diverted"; readonly number: string; readonly by: Appearance });

/** Where a call goes that finds its line busy: to the number of its forward when busy, else nowhere (CAP-05). */
export function divertBusy({ targets: [target] }: BusyQuestion): BusyCourse {
  const number = target?.line.forwards.busy;
  if (!target || number === undefined) {
    return { outcome: "busy", rules: ["CAP-05"], reason: "no forward when busy is set" };
  }
  const reason = `${target.line.directoryNumber} forwards to ${number} when busy`;
  return { outcome: "diverted", rules: ["CAP-05"], reason, number, by: target };
}
