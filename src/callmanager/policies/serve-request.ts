import type { Device, Line } from "../../inventory/model.ts";
import { refuse, type ReceivedRequest, type Refusal, type Ruling } from "./ruling.ts";
import type { ServiceRequest } from "./screen-request.ts";

export interface ServiceQuestion extends ReceivedRequest {
  readonly device: Device;
  readonly line: Line;
  readonly service: ServiceRequest;
  /** Screening refused it. */
  readonly refusal: Refusal | undefined;
  /** Calls that ring somewhere, oldest first, by the lines they ring on. */
  readonly ringing: readonly { readonly calledLines: readonly Line[] }[];
}

/** What a service does beyond its answer. */
export type ServiceEffect =
  | {
      /** The line forwards all calls there; undefined: no longer. */ readonly kind: "forward";
      readonly number: string | undefined;
    }
  | { /** Whoever calls this number is answered. */ readonly kind: "conference"; readonly number: string }
  | { /** That call is cleared. */ readonly kind: "clear"; /** Index into `ringing`. */ readonly ringing: number };

export type Served = Ruling & { readonly effects?: readonly ServiceEffect[] } & (
    | { readonly outcome: "picked up"; /** Index into `ringing`. */ readonly ringing: number }
    | { /** The call manager answers with 200 itself. */ readonly outcome: "accepted" }
  );

/**
 * What becomes of a service URI: who was refused gets the refusal, and nothing else happens (EXT-01…05, EXT-14). A Cisco
 * phone may pick up the oldest call that rings in its group, and forward its line (EXT-15); the other services have
 * nothing behind them here.
 */
export function serveRequest(
  question: Omit<ServiceQuestion, keyof ReceivedRequest>,
): Served | (Refusal & { readonly effects?: readonly ServiceEffect[] }) {
  const { device, line, service, refusal, ringing } = question;
  if (refusal) return refusal;
  if (service.service === "callForward") {
    const number = service.argument;
    const reason = `${line.directoryNumber} on ${device.name} forwards to ${number?.slice(0, 64) ?? "nobody"}`;
    return { outcome: "accepted", rules: ["EXT-15"], reason, effects: [{ kind: "forward", number }] };
  }
  const group = pickupGroup(service, line);
  const index = ringing.findIndex(({ calledLines }) =>
    calledLines.some(({ pickupGroup }) => group !== undefined && pickupGroup === group),
  );
  if (index >= 0) {
    const reason = `${device.name} picks up a call of group ${group ?? ""}`;
    return { outcome: "picked up", rules: ["EXT-15"], reason, ringing: index };
  }
  return refuse(503, ["EXT-15"], `nothing to serve by ${service.service} for ${device.name}`);
}

function pickupGroup({ service, argument }: ServiceRequest, line: Line): string | undefined {
  if (service === "callPickup") return line.pickupGroup;
  return service === "callPickupGroup" ? argument : undefined;
}
