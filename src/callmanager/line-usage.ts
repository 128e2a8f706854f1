import type { Device, Line } from "../inventory/model.ts";
import type { CountedCall } from "./policies/admit-call.ts";
import type { CallEnd } from "./policies/release-line.ts";
import type { Policies } from "./policies/policies.ts";

/** Takes a call out of the counts, once; `end` is how it ended. */
export type ReleaseLine = (end: CallEnd) => void;

/** Counts the calls of lines and devices, ringing ones too (CAP-04…08); by name, since settings change while calls are up. */
export class LineUsage {
  readonly #policies: Pick<Policies, "releaseLine">;
  readonly #calls = new Map<string, Set<CountedCall>>();

  constructor(policies: Pick<Policies, "releaseLine">) {
    this.#policies = policies;
  }

  /** Calls that a device has now. */
  on(device: Device): readonly CountedCall[] {
    return [...(this.#calls.get(device.name) ?? [])];
  }

  /** Counts a call, until it is released (CAP-07). */
  take(device: Device, line: Line, direction: CountedCall["direction"]): ReleaseLine {
    const call: CountedCall = { device, line, direction };
    const calls = this.#calls.get(device.name) ?? new Set();
    this.#calls.set(device.name, calls.add(call));
    let over = false;
    return (end) => {
      if (over) return;
      over = true;
      if (this.#policies.releaseLine({ call, end }).outcome === "kept") return;
      calls.delete(call);
      if (calls.size === 0) this.#calls.delete(device.name);
    };
  }
}

export function isOnLine({ line }: CountedCall, { directoryNumber, partition }: Line): boolean {
  return line.directoryNumber === directoryNumber && line.partition === partition;
}
