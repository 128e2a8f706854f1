import type { Binding, LiveBindings } from "../location-service.ts";
import { refuse, type ReceivedRequest, type Refusal, type Ruling } from "./ruling.ts";

export interface CallerQuestion extends ReceivedRequest {
  readonly method: string;
  /** Live bindings that the request's Contact or connection stands for; several where a phone has several lines. */
  readonly bindings: readonly Binding[];
  /** User part of From. */
  readonly fromUser: string | undefined;
  /** `host:port` of the Contact, or of the source where there is none, for the reason. */
  readonly seenAt: string;
  readonly location: LiveBindings;
}

export interface Caller extends Ruling {
  readonly outcome: "known";
  readonly binding: Binding;
}

/**
 * Who sends a request other than REGISTER: the device whose binding the request's Contact (UDP) or connection (TCP)
 * belongs to (CAL-05), on the line that From names. Whoever is not registered, or shows another Contact than the one
 * registered, gets 503 (CAL-04, CAL-05, REG-19).
 */
export function admitCaller({
  method,
  bindings,
  fromUser,
  seenAt,
}: Pick<CallerQuestion, "method" | "bindings" | "fromUser" | "seenAt">): Caller | Refusal {
  if (bindings.length === 0) {
    return refuse(503, ["CAL-04", "CAL-05", "REG-19"], `${method} from ${seenAt}, where no phone is registered`);
  }
  const binding = bindings.find(({ line }) => line.directoryNumber === fromUser);
  if (!binding) return refuse(403, ["CAL-05"], `From names no line that is registered at ${seenAt}`);
  const reason = `${method} from ${binding.device.name}, line ${binding.line.directoryNumber}, bound at ${seenAt}`;
  return { outcome: "known", rules: ["CAL-05"], reason, binding };
}
