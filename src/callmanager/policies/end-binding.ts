import type { RuleId } from "../../rules/index.ts";
import type { Binding } from "../location-service.ts";
import type { Ruling } from "./ruling.ts";

export interface BindingEndQuestion {
  readonly binding: Binding;
  /** Its time is up; the phone gave it up; the phone registered the line from another Contact or connection. */
  readonly cause: "expired" | "unregistered" | "moved";
}

export interface BindingEnd extends Ruling {
  /** `kept`: the phone is reached there still. */
  readonly outcome: "removed" | "kept";
}

const RULE_OF_CAUSE = {
  expired: "REG-19",
  unregistered: "REG-22",
  moved: "CAL-05",
} as const satisfies Record<BindingEndQuestion["cause"], RuleId>;

/** What ends a binding: its time (REG-19), the phone's wish (REG-22), a newer one of that line and device (CAL-05). */
export function endBinding({ binding, cause }: BindingEndQuestion): BindingEnd {
  const reason = `${binding.device.name} line ${binding.line.directoryNumber}: ${cause}`;
  return { outcome: "removed", rules: [RULE_OF_CAUSE[cause]], reason };
}
