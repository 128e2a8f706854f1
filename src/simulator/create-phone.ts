import type { Clock } from "../core/clock.ts";
import { InternalError, InventoryError, TransportError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { silentLogger, type Logger } from "../core/logger.ts";
import type { DrachtioEndpoint, DrachtioFront } from "../drachtio/index.ts";
import type { Device, Lab } from "../inventory/model.ts";
import type { SipRequest } from "../sip/message/index.ts";
import { MediaEndpoint, type MediaReport } from "../media/index.ts";
import { Authenticator } from "./authenticator.ts";
import { PhoneContext, type PhoneContextOptions } from "./phone-context.ts";
import type { SimulatedPhone } from "./phone.ts";
import { noTls, type PhoneTls } from "./phone-tls.ts";
import { sipUri } from "./sip-uri.ts";
import type { SharedDrachtio } from "./shared-drachtio.ts";
import { noWire, SharedPhone } from "./shared-phone.ts";
import { SipPhone, userOfDevice } from "./sip-phone.ts";
import { SrfEndpoint } from "./srf-endpoint.ts";
import { WireTrace, type TracedMessage } from "./trace.ts";
import type { Address, TapEntry } from "./wire.ts";

/** Where phones send to. */
export interface PhoneTarget {
  readonly host: string;
  /** Port by transport (`udp`, `tcp`…). */
  readonly ports: Readonly<Record<string, number>>;
  /** Host part of the URIs that phones build. */
  readonly domain: string;
}

export interface PhoneOptions {
  /** Role in the scenario. */
  readonly name: string;
  readonly device: Device;
  readonly target: PhoneTarget;
  /** Address to bind and to tell. */
  readonly localHost: string;
  readonly front: DrachtioFront;
  readonly lab: Lab;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log?: Logger;
  /** Sees everything on the phone's wire, in order. */
  readonly record?: (entry: TracedMessage) => void;
  /** Default: no TLS. */
  readonly tls?: PhoneTls;
  /** Makes the target forget the phone when it closes, in place of a REGISTER for each binding. Default: it unregisters. */
  readonly forget?: ((address: Address) => void) | undefined;
  /** Is told what the media of each call came to, when it is over. */
  readonly observe?: (media: MediaReport) => void;
}

/**
 * Opens a phone: an endpoint of its own, and a drachtio-srf application of its own connected to it. Sends nothing.
 * @throws {InventoryError} ERR_TRANSPORT_NOT_OFFERED: the target has no port for the transport of the phone's profile.
 * @throws {TransportError} ERR_ADDRESS_IN_USE and the like.
 */
export async function createPhone(options: PhoneOptions): Promise<SimulatedPhone> {
  const { log = silentLogger } = options;
  const targetAddress = targetOf(options);
  const trace = new WireTrace();
  const tap = tapInto(trace, options.record);
  const failures = new LastFailure();
  const endpoint = await openEndpoint(options, tap, failures);
  const [address] = endpoint.addresses;
  if (!address) throw new InternalError("an endpoint listens nowhere", { code: "ERR_NO_ADDRESS" });
  const signalling = await connect(endpoint, targetAddress, log);
  const own = { targetAddress, address, trace, tap, signalling, failureOf: failures.of, forget: options.forget };
  const context = contextOf(options, own);
  return new SipPhone(context, endpoint.wire, userOfDevice(options.device, options.lab));
}

/**
 * Opens a phone at a drachtio-server that it shares with others. What only an engine of its own can do throws
 * ERR_NOT_AVAILABLE; the order of headers that its profile asks for is the server's.
 * @throws {InventoryError} ERR_TRANSPORT_NOT_OFFERED: the target has no port for the transport of the phone's profile.
 */
export function createSharedPhone(
  options: Omit<PhoneOptions, "front" | "forget"> & { readonly drachtio: SharedDrachtio },
): SimulatedPhone {
  const targetAddress = targetOf(options);
  const trace = new WireTrace();
  const tap = tapInto(trace, options.record);
  const { signalling, address, contactSuffix } = options.drachtio.openPhone({ target: targetAddress, tap });
  const context = contextOf(options, { targetAddress, address, trace, tap, signalling, contactSuffix });
  return new SharedPhone(context, noWire, userOfDevice(options.device, options.lab));
}

function tapInto(trace: WireTrace, record: PhoneOptions["record"]): (entry: TapEntry) => void {
  return (entry) => {
    const traced = trace.add(entry);
    record?.(traced);
  };
}

/** The last request that got no answer: whoever sent it asks at once. */
class LastFailure {
  #callId: string | undefined;
  #error: Error | undefined;

  readonly keep = ({ callId }: SipRequest, error: Error): void => {
    this.#callId = callId;
    this.#error = error;
  };

  readonly of = (callId: string): Error | undefined => (this.#callId === callId ? this.#error : undefined);
}

type Own = Pick<
  PhoneContextOptions,
  "targetAddress" | "address" | "trace" | "tap" | "signalling" | "contactSuffix" | "failureOf" | "forget"
>;

function contextOf(options: Omit<PhoneOptions, "front" | "forget">, own: Own): PhoneContext {
  const { name, device, lab, clock, ids, log = silentLogger, localHost, observe } = options;
  const user = userOfDevice(device, lab);
  return new PhoneContext({
    name,
    device,
    domain: options.target.domain,
    waits: lab.waits,
    clock,
    ids,
    log,
    authenticator: new Authenticator({ name, user }, device.phoneProfile.digestParameters, ids),
    media: new MediaEndpoint({ host: localHost, clock, ids }),
    mediaHost: localHost,
    observe,
    tls: options.tls,
    ...own,
  });
}

function targetOf({ device, target }: Pick<PhoneOptions, "device" | "target">): Address {
  const protocol = device.phoneProfile.transport;
  const port = target.ports[protocol];
  if (port !== undefined) return { protocol, host: target.host, port };
  const offered = Object.keys(target.ports).join(", ");
  throw new InventoryError(
    `${device.name}: its phone profile ${device.phoneProfile.name} uses ${protocol}, which the target does not offer (${offered})`,
    { code: "ERR_TRANSPORT_NOT_OFFERED", details: { ...device.place, device: device.name, transport: protocol } },
  );
}

async function openEndpoint(
  options: PhoneOptions,
  tap: (entry: TapEntry) => void,
  failures: LastFailure,
): Promise<DrachtioEndpoint> {
  const { front, localHost: host, device, tls = noTls, log = silentLogger } = options;
  const { transport: protocol, headerOrder: order } = device.phoneProfile;
  let inUse: unknown;
  for (const port of portsToTry(options)) {
    try {
      return await front.openEndpoint({
        listen: [{ protocol, host, port, ...(protocol === "tls" && { tls: tls.server() }) }],
        ...(protocol === "tls" && { tls: tls.client() }),
        tap,
        unanswered: failures.keep,
        headerStyle: { order },
        log,
        addressOption: "local.address and local.ports in the lab file",
      });
    } catch (error) {
      if (!(error instanceof TransportError) || error.code !== "ERR_ADDRESS_IN_USE") throw error;
      inUse = error;
    }
  }
  throw inUse;
}

/** Every port of the lab's range once, from a random one on, so that phones seldom try the same; else the kernel's choice. */
function* portsToTry({ lab, ids }: PhoneOptions): Generator<number> {
  if (!lab.local.ports) {
    yield 0;
    return;
  }
  const [first, last] = lab.local.ports;
  const count = last - first + 1;
  const start = ids.integer(count);
  for (let index = 0; index < count; index += 1) yield first + ((start + index) % count);
}

async function connect(endpoint: DrachtioEndpoint, target: Address, log: Logger): Promise<SrfEndpoint> {
  try {
    const { connectOptions } = endpoint;
    const refused = (cause: Error): InternalError =>
      new InternalError("drachtio-srf cannot reach its front", { code: "ERR_FRONT_REFUSED", cause });
    const onClose = (): Promise<void> => endpoint.close();
    return await SrfEndpoint.connect({ connectOptions, outboundProxy: sipUri(target), log, refused, onClose });
  } catch (error) {
    await endpoint.close();
    throw error;
  }
}
