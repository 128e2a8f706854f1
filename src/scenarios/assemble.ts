import type { Administration } from "../administration/index.ts";
import { startCallManager, type CallManager, type Policies } from "../callmanager/index.ts";
import type { Clock } from "../core/clock.ts";
import { Disposer } from "../core/disposal.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import { openDrachtioFront, type ConnectOptions, type DrachtioFront } from "../drachtio/index.ts";
import type { Device, Lab } from "../inventory/model.ts";
import {
  createPhone,
  createSharedPhone,
  type MediaReport,
  type PhoneTarget,
  SharedDrachtio,
  type SimulatedPhone,
  type TracedMessage,
} from "../simulator/index.ts";
import { bracketed, localAddressTowards, type Address, type Impairment } from "../sip/transport/index.ts";
import { Certificates } from "./certificates.ts";
import { ClosedPortCheck } from "./closed-port.ts";
import type { TargetFacts } from "./scenario.ts";

export interface AssembleOptions {
  readonly lab: Lab;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** How bad the network of every phone is to be. Default: as good as it is. */
  readonly impairment?: SeededImpairment | undefined;
  /** A drachtio-server that the phones are to share. Default: each has an endpoint of its own here. */
  readonly drachtio?: ConnectOptions | undefined;
  /** Replacements for single policies of the embedded call manager. Default: it is correct. */
  readonly policies?: Partial<Policies>;
  /** By what the target is judged. Default: as the lab says; what is legal elsewhere is judged as a foreign one. */
  readonly judgeAs?: Pick<TargetFacts, "profile" | "embedded">;
}

/** The same seed gives each phone of each scenario the same chances. */
export interface SeededImpairment extends Impairment {
  readonly seed: string;
}

/** Is told what a phone sees. */
export interface PhoneListener {
  readonly record: (entry: TracedMessage) => void;
  /** What the media of a call came to. */
  readonly observe?: (media: MediaReport) => void;
}

/** The target and the ground the phones stand on: everything of a run that lives longer than one scenario. */
export interface TestBed {
  readonly lab: Lab;
  readonly target: TargetFacts;
  /** Present when the target is the reference call manager, started here. */
  readonly callManager?: CallManager;
  /** Reconfigures the target; absent: it cannot be. */
  readonly administration?: Administration;
  readonly impairment?: SeededImpairment | undefined;
  /** Whether the target sent anything at all so far that is SIP. */
  readonly targetWasHeard: boolean;
  openPhone(role: string, device: Device, listener: PhoneListener): Promise<SimulatedPhone>;
  close(): Promise<void>;
}

async function startTarget(options: AssembleOptions, { authority }: Certificates): Promise<CallManager> {
  const { lab, clock, ids, log, policies } = options;
  const listen = lab.target.transports.map((protocol) => ({
    protocol,
    host: lab.target.host,
    port: protocol === "tls" ? lab.target.tls.port : lab.target.port,
  }));
  return await startCallManager({
    lab,
    listen,
    authority,
    clock,
    ids,
    log: log.child({ component: "callmanager" }),
    addressOption: "target.port in the lab file",
    ...(policies && { policies }),
  });
}

function portsOf({ target }: Lab, addresses: readonly Address[]): Record<string, number> {
  if (addresses.length === 0) {
    return Object.fromEntries(target.transports.map((name) => [name, name === "tls" ? target.tls.port : target.port]));
  }
  return Object.fromEntries(addresses.map((address) => [address.protocol, address.port]));
}

async function localAddress(lab: Lab): Promise<string> {
  if (lab.local.address !== "auto") return lab.local.address;
  return await localAddressTowards({ host: lab.target.host, port: lab.target.port === 0 ? 5060 : lab.target.port });
}

class Bed implements TestBed {
  readonly lab: Lab;
  readonly target: TargetFacts;
  readonly callManager?: CallManager;
  readonly administration?: Administration;
  readonly impairment: SeededImpairment | undefined;
  targetWasHeard = false;
  readonly #options: AssembleOptions;
  readonly #ground: Ground;
  readonly #disposer: Disposer;
  readonly #phoneTarget: PhoneTarget;
  readonly #certificates: Certificates;
  readonly #closedPort: ClosedPortCheck | undefined;
  readonly #localHost: string;

  constructor(options: AssembleOptions, parts: BedParts) {
    this.lab = options.lab;
    this.impairment = options.impairment;
    this.#options = options;
    this.#ground = parts.ground;
    this.#disposer = parts.disposer;
    this.#localHost = parts.localHost;
    this.#certificates = parts.certificates;
    const foreign = !options.lab.target.embedded && !options.drachtio;
    this.#closedPort = foreign ? new ClosedPortCheck(options.lab.target, options.clock) : undefined;
    if (parts.callManager) {
      this.callManager = parts.callManager;
      this.administration = parts.callManager.administration;
    }
    const { host, domain, names, profile, realm, embedded } = { ...options.lab.target, ...options.judgeAs };
    const ports = portsOf(options.lab, parts.callManager?.addresses ?? []);
    this.#phoneTarget = { host, ports, domain };
    this.target = {
      host,
      port: Object.values(ports)[0] ?? 0,
      domain: bracketed(domain),
      names: names.map(bracketed),
      profile,
      realm,
      embedded,
    };
  }

  async openPhone(role: string, device: Device, { record, observe }: PhoneListener): Promise<SimulatedPhone> {
    if (device.phoneProfile.transport === "udp") await this.#closedPort?.check();
    const { lab, clock, ids, log } = this.#options;
    const options = {
      name: role,
      device,
      target: this.#phoneTarget,
      localHost: this.#localHost,
      tls: this.#certificates.of(device, { localHost: this.#localHost, port: this.#tlsPort }),
      lab,
      clock,
      ids,
      log: log.child({ component: "phone", phone: role, device: device.name }),
      record: (entry: TracedMessage) => {
        if (entry.direction === "received" && entry.message) this.targetWasHeard = true;
        record(entry);
      },
      ...(observe && { observe }),
    };
    const { callManager } = this;
    const ground = this.#ground;
    return ground instanceof SharedDrachtio
      ? createSharedPhone({ ...options, drachtio: ground })
      : await createPhone({
          ...options,
          front: ground,
          ...(callManager && {
            forget: (address) => {
              callManager.forget(device.name, address);
            },
          }),
        });
  }

  async close(): Promise<void> {
    await this.#disposer.close();
  }

  /** A foreign target is tried whatever the lab says; where ours listens, it told itself. */
  get #tlsPort(): number | undefined {
    const { embedded, tls } = this.lab.target;
    return this.#phoneTarget.ports["tls"] ?? (embedded ? undefined : tls.port);
  }
}

/** What phones stand on: the front with an endpoint for each, or a server that they share. */
type Ground = DrachtioFront | SharedDrachtio;

async function openGround({ clock, ids, log: runLog, drachtio }: AssembleOptions): Promise<Ground> {
  const log = runLog.child({ component: "drachtio" });
  if (drachtio) return await SharedDrachtio.connect({ connectOptions: drachtio, clock, ids, log });
  return await openDrachtioFront({ clock, ids, log });
}

interface BedParts {
  readonly ground: Ground;
  readonly disposer: Disposer;
  readonly localHost: string;
  readonly certificates: Certificates;
  readonly callManager?: CallManager;
}

/**
 * Puts target and phones together: starts the reference call manager when the lab asks for it, and the drachtio front
 * on which every phone gets an endpoint of its own, or the connection to a drachtio-server that they share.
 * @throws {TransportError} ERR_ADDRESS_IN_USE, ERR_DRACHTIO_UNREACHABLE and the like; nothing is left open then.
 */
export async function assemble(options: AssembleOptions): Promise<TestBed> {
  const disposer = new Disposer();
  try {
    const certificates = new Certificates(options.lab, options.clock, options.ids);
    const callManager = options.lab.target.embedded
      ? disposer.use(await startTarget(options, certificates))
      : undefined;
    const ground = disposer.use(await openGround(options));
    const localHost = await localAddress(options.lab);
    return new Bed(options, { ground, disposer, localHost, certificates, ...(callManager ? { callManager } : {}) });
  } catch (error) {
    await disposer.close();
    throw error;
  }
}
