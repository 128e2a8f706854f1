import type { Device, Line } from "../../inventory/model.ts";
import type { Appearance, Directory } from "../directory.ts";
import { q850, refuse, type Refusal, type Ruling } from "./ruling.ts";
import type { ServiceRequest } from "./screen-request.ts";

export interface RoutingQuestion {
  readonly directory: Directory;
  /** What was dialled: user part of the Request-URI. */
  readonly number: string | undefined;
  /** The Request-URI's host is a name of ours. */
  readonly local: boolean;
  /** Whose search space counts: the caller, or the device that diverted the call. */
  readonly searcher: Device;
  /** The searcher's line, for its pickup group. */
  readonly line: Line;
  /** How often the call was diverted already. */
  readonly diversions: number;
  readonly service: ServiceRequest | undefined;
  /** Calls that ring somewhere, oldest first, by the lines they ring on. */
  readonly ringing: readonly { readonly calledLines: readonly Line[] }[];
}

export interface Diversion {
  /** Number that the call was diverted from. */
  readonly number: string;
  readonly reason: "unconditional" | "user-busy" | "deflection";
}

export type Route = Ruling &
  (
    | {
        readonly outcome: "route";
        readonly number: string;
        /** Appearances of one line: more than one where it is shared. Never empty. */
        readonly targets: readonly Appearance[];
        readonly diversions: readonly Diversion[];
      }
    | { readonly outcome: "pickup"; /** Index into `ringing`. */ readonly ringing: number }
  );

const MAX_DIVERSIONS = 10;

/**
 * Who is called. A number is looked for in the partitions of the searcher's calling search space, in their order, the
 * nameless partition last (PRV-10); a number nobody has is 404 with cause 1 (CAL-06), and so is a Request-URI of another
 * host (PRV-08). Call forward all leads on (EXT-04's control). Pickup is for those whom screening let through (EXT-15).
 */
export function routeCall(question: RoutingQuestion): Route | Refusal {
  if (question.service) return routeService(question, question.service);
  if (!question.local) return refuse(404, ["PRV-08"], "the Request-URI names another host", { headers: [q850(1)] });
  const diversions: Diversion[] = [];
  let { number, searcher } = question;
  while (question.diversions + diversions.length <= MAX_DIVERSIONS) {
    const targets = number === undefined ? [] : find(question.directory, number, searcher);
    const [first] = targets;
    if (number === undefined || !first) {
      const reason = `no line ${(number ?? "").slice(0, 64)} in the search space of ${searcher.name}`;
      return refuse(404, ["CAL-06", "PRV-10"], reason, { headers: [q850(1)] });
    }
    const { all } = first.line.forwards;
    if (all === undefined) return route(number, targets, diversions);
    diversions.push({ number, reason: "unconditional" });
    number = all;
    searcher = first.device;
  }
  return refuse(480, [], `diverted more than ${MAX_DIVERSIONS} times`, { headers: [q850(25)] });
}

function route(number: string, targets: readonly Appearance[], diversions: readonly Diversion[]): Route {
  const devices = targets.map(({ device }) => device.name).join(", ");
  return { outcome: "route", rules: ["CAL-01"], reason: `${number} is ${devices}`, number, targets, diversions };
}

/** Appearances of `number` in the first partition of the search space that has it. */
function find(directory: Directory, number: string, { callingSearchSpace }: Device): Appearance[] {
  const candidates = directory.appearances(number);
  const space = callingSearchSpace ?? candidates.map(({ line }) => line.partition);
  const partition = [...space, ""].find((name) => candidates.some(({ line }) => line.partition === name));
  return candidates.filter(({ line }) => line.partition === partition);
}

function routeService({ searcher, line, ringing }: RoutingQuestion, request: ServiceRequest): Route | Refusal {
  const group = pickupGroup(request, line);
  const index = ringing.findIndex(({ calledLines }) =>
    calledLines.some(({ pickupGroup }) => group !== undefined && pickupGroup === group),
  );
  if (index >= 0) {
    const reason = `${searcher.name} picks up a call of group ${group ?? ""}`;
    return { outcome: "pickup", rules: ["EXT-15"], reason, ringing: index };
  }
  return refuse(503, ["EXT-15"], `nothing to serve by ${request.service} for ${searcher.name}`);
}

function pickupGroup({ service, argument }: ServiceRequest, line: Line): string | undefined {
  if (service === "callPickup") return line.pickupGroup;
  return service === "callPickupGroup" ? argument : undefined;
}
