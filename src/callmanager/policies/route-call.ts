import type { Device, Line } from "../../inventory/model.ts";
import type { Appearance, Directory } from "../directory.ts";
import type { SipRequest } from "../../sip/message/index.ts";
import { q850, refuse, type Refusal, type Ruling } from "./ruling.ts";

export interface RoutingQuestion {
  readonly directory: Directory;
  /** What was dialled: user part of the Request-URI. */
  readonly number: string | undefined;
  /** The Request-URI's host is a name of ours. */
  readonly local: boolean;
  /** Whose search space counts: the caller, or the device that diverted the call. */
  readonly searcher: Device;
  /** The searcher's line. */
  readonly line: Line;
  /** How often the call was diverted already. */
  readonly diversions: number;
  /** The INVITE of the caller; undefined: a transfer. */
  readonly invite: SipRequest | undefined;
  /** Where a line forwards all calls to, as it was set last. */
  readonly forwardAll: (appearance: Appearance) => string | undefined;
  /** Numbers under which a conference is open. */
  readonly conferences: ReadonlySet<string>;
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
    | { /** The call manager answers the call itself. */ readonly outcome: "own" }
  );

const MAX_DIVERSIONS = 10;

/**
 * Who is called. A number is looked for in the partitions of the searcher's calling search space, in their order, the
 * nameless partition last (PRV-10); a number nobody has is 404 with cause 1 (CAL-06), and so is a Request-URI of another
 * host (PRV-08). Call forward all leads on (EXT-04's control).
 */
export function routeCall(question: Omit<RoutingQuestion, "invite">): Route | Refusal {
  if (!question.local) return refuse(404, ["PRV-08"], "the Request-URI names another host", { headers: [q850(1)] });
  const diversions: Diversion[] = [];
  let { number, searcher } = question;
  if (number !== undefined && question.conferences.has(number)) {
    return { outcome: "own", rules: [], reason: `conference ${number}` };
  }
  while (question.diversions + diversions.length <= MAX_DIVERSIONS) {
    const targets = number === undefined ? [] : find(question.directory, number, searcher);
    const [first] = targets;
    if (number === undefined || !first) {
      const reason = `no line ${(number ?? "").slice(0, 64)} in the search space of ${searcher.name}`;
      return refuse(404, ["CAL-06", "PRV-10"], reason, { headers: [q850(1)] });
    }
    const all = question.forwardAll(first);
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
