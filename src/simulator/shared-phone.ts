import { UsageError } from "../core/errors.ts";
import { SipPhone } from "./sip-phone.ts";
import type { Trace } from "./trace.ts";
import type { WireControls } from "./wire.ts";

/** Code of the error of what only the embedded engine can do; a scenario that needs it is skipped. */
export const NOT_AVAILABLE = "ERR_NOT_AVAILABLE";

/** A phone that shares a drachtio-server: its trace is what that tells, which is too little for a script to rely on. */
export class SharedPhone extends SipPhone {
  override get trace(): Trace {
    throw notAvailable("phone.trace");
  }
}

/** No hold on the wire: what a script would do with it is not available. */
export const noWire: WireControls = {
  drop: () => refuse("drop"),
  delay: () => refuse("delay"),
  duplicate: () => refuse("duplicate"),
  rewrite: () => refuse("rewrite"),
  sendRaw: () => refuse("sendRaw"),
  impair: () => refuse("impair"),
  clear: () => undefined,
  failure: undefined,
};

function refuse(control: string): never {
  throw notAvailable(`phone.wire.${control}`);
}

function notAvailable(what: string): UsageError {
  return new UsageError(`${what} needs the embedded engine: with --drachtio the phones share a drachtio-server.`, {
    code: NOT_AVAILABLE,
    details: { what },
  });
}
