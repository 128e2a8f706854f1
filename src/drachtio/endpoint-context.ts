import type { Clock } from "../core/clock.ts";
import type { HarnessError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { Protocol, SipEngine, SipRequest } from "../sip/index.ts";
import type { DialogTable } from "./dialog-table.ts";
import type { FieldOptions } from "./header-fields.ts";
import type { LocalAddress } from "./local-address.ts";
import type { Place } from "./report-fields.ts";

/** What the parts of one endpoint share. */
export interface EndpointContext {
  readonly engine: SipEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly dialogs: DialogTable;
  readonly contacts: "verbatim" | "rewritten";
  readonly unanswered: ((request: SipRequest, error: HarnessError) => void) | undefined;
  /** What we tell of ourselves on each transport. */
  readonly localFor: (protocol: Protocol) => LocalAddress;
}

/** How the application's headers are treated in a message of `method` that leaves over `protocol`. */
export function fieldOptions(context: EndpointContext, method: string, protocol: Protocol): FieldOptions {
  return {
    local: context.localFor(protocol),
    rewriteContact: context.contacts === "rewritten" && method !== "REGISTER",
  };
}

/** Our own address on that transport, as a meta line tells it. */
export function ownPlace(context: EndpointContext, protocol: Protocol): Place {
  const { host, port } = context.localFor(protocol);
  return { protocol, host, port };
}

/** The transport that a request of ours left by: its Via names it. */
export function protocolOf(request: SipRequest): Protocol {
  return request.has("Via") ? (request.topVia.protocol.toLowerCase() as Protocol) : "udp";
}
