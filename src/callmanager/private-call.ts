import { InternalError } from "../core/errors.ts";
import type { Line } from "../inventory/model.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Leg } from "./leg.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import type { CallEnd } from "./policies/release-line.ts";

/** A call that nobody may transfer, take over or pick up, and whose session cannot be repeated. */
export abstract class PrivateCall implements OngoingCall {
  readonly calledLines: readonly Line[] = [];
  readonly transferable = false;

  abstract request(leg: Leg, transaction: ServerTransaction): void;
  abstract clear(end?: CallEnd): void;

  said(): undefined {
    return undefined;
  }

  pickUp(): boolean {
    return false;
  }

  handOver(): never {
    throw new InternalError("a call hands over phones that do not ring", { code: "ERR_INTERNAL" });
  }

  dissolve(): never {
    throw new InternalError("a call is dissolved that is not transferable", { code: "ERR_INTERNAL" });
  }
}
