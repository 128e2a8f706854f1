import type { OutgoingCall } from "./call.ts";
import { notAvailable } from "./not-available.ts";
import type { CallOptions, Exchange, HeaderValues, OutOfDialogOptions, Phone } from "./phone.ts";
import { SipPhone } from "./sip-phone.ts";
import type { Trace } from "./trace.ts";
import type { Address, WireControls } from "./wire.ts";

/**
 * A phone that shares a drachtio-server. Its trace is what that tells, which is too little for a script to rely on; it
 * has no port of its own, and its Contact is how it is told from the others.
 */
export class SharedPhone extends SipPhone {
  override get trace(): Trace {
    throw notAvailable("phone.trace");
  }

  override get address(): Address {
    const { protocol, host } = super.address;
    return {
      protocol,
      host,
      get port(): number {
        throw notAvailable("phone.address.port");
      },
    };
  }

  /** drachtio-server runs session timers itself, whatever the application does. */
  override useSessionTimer(): void {
    throw notAvailable("phone.useSessionTimer");
  }

  override async call(target: Phone | string, options: CallOptions = {}): Promise<OutgoingCall> {
    refuseContact(options.contact, options.headers);
    return await super.call(target, options);
  }

  override async request(method: string, options: OutOfDialogOptions): Promise<Exchange> {
    if (method !== "REGISTER") refuseContact(undefined, options.headers);
    return await super.request(method, options);
  }
}

/** drachtio-server puts its own address into each Contact but those of REGISTER, and so leads requests to no phone. */
function refuseContact(contact: string | undefined, headers: HeaderValues = {}): void {
  const inHeaders = Object.keys(headers).some((name) => ["contact", "m"].includes(name.toLowerCase()));
  if (contact !== undefined || inHeaders) throw notAvailable("a Contact of the script's own");
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
