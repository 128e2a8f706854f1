import type { Administration } from "../administration/index.ts";
import type { Clock } from "../core/clock.ts";
import type { Closable } from "../core/disposal.ts";
import { asError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { silentLogger, type Logger } from "../core/logger.ts";
import type { Lab } from "../inventory/model.ts";
import { SipEngine } from "../sip/engine.ts";
import { comparableHost, SipParseError, SipRequest, type SipMessage, type SipResponse } from "../sip/message/index.ts";
import type { ServerTransaction, TimerSettings, TransactionUser } from "../sip/transaction/index.ts";
import type { Address, ListenAddress, Network, TemporaryAuthority } from "../sip/transport/index.ts";
import { Directory } from "./directory.ts";
import { Features } from "./features.ts";
import { EmbeddedAdministration } from "./embedded-administration.ts";
import { Gate } from "./gate.ts";
import { ownerOf } from "./invite-owner.ts";
import { admittedListeners } from "./listeners.ts";
import { LocationService, type Binding } from "./location-service.ts";
import { respond } from "./messages.ts";
import { Nonces } from "./nonces.ts";
import { correctPolicies, reporting, type Policies } from "./policies/policies.ts";
import type { MessageWording } from "./policies/word-message.ts";
import type { Decision } from "./policies/ruling.ts";
import { Registrar } from "./registrar.ts";
import { RequestDesk } from "./requests.ts";
import type { Services } from "./services.ts";
import { Switchboard } from "./switchboard.ts";
import { hostPortAt, hostPortOf } from "./uris.ts";

export interface CallManagerOptions {
  /** Users, devices and lines to serve; `lab.target` has realm, domain, names and lifetimes. */
  readonly lab: Lab;
  /** An address with `tls` needs no certificate: one is taken from the lab, or made for the run. */
  readonly listen: readonly ListenAddress[];
  /** Makes certificates for TLS, and vouches for those of phones, where the lab names none. Default: one of its own. */
  readonly authority?: TemporaryAuthority;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Default: silent. Each decision is logged at `info` with its rules. */
  readonly log?: Logger;
  /** Replacements for single policies. Default: `correctPolicies`. */
  readonly policies?: Partial<Policies>;
  /** Default: the sockets of node. */
  readonly network?: Network;
  readonly timers?: Partial<TimerSettings>;
  /** Where the user sets `listen`, for the error of an address in use. Default `--listen`. */
  readonly addressOption?: string;
}

/** The reference call manager: registrar, location service and back-to-back user agent. */
export interface CallManager extends Closable {
  /** Where it listens, port 0 filled in. */
  readonly addresses: readonly Address[];
  /** Reconfigures it while it runs. */
  readonly administration: Administration;
  /** Live bindings, in the order they were made or last changed with their line. */
  registrations(): Binding[];
  /**
   * Ends what is registered for a device or at an address, when the phone there is gone: without a message to it, and no
   * policy is asked. Its calls end too, and nothing is sent there again: the port may soon be another phone's.
   */
  forget(device: string, address: Address): void;
  /** Calls that are being set up or up. */
  activeCalls(): number;
  /** Calls `listener` with each decision, before it takes effect; the result ends that. */
  onDecision(listener: (decision: Decision) => void): () => void;
}

/**
 * Starts a call manager provisioned with a lab.
 * @throws {TransportError} an address of `listen` cannot be bound.
 */
export async function startCallManager(options: CallManagerOptions): Promise<CallManager> {
  const { clock, ids, network, timers, addressOption, log = silentLogger } = options;
  const listeners = new Set<(decision: Decision) => void>();
  const policies = reporting({ ...correctPolicies, ...options.policies }, (decision) => {
    log.info(decision, "decision");
    for (const listener of listeners) listener(decision);
  });
  // What arrives before the parts are put together is dropped, and comes again.
  const started: { manager?: ReferenceCallManager } = {};
  const user: TransactionUser = {
    request: (transaction) => started.manager?.request(transaction),
    cancelled: (transaction) => ownerOf(transaction)?.cancelled(),
    ack: (ack, _flow, invite) => ownerOf(invite)?.acknowledged(ack),
    unacknowledged: (transaction) => ownerOf(transaction)?.unacknowledged(),
  };
  const engine = await SipEngine.open(
    {
      listen: admittedListeners(options, policies),
      clock,
      ids,
      log,
      // CUCM answers INVITE with 100 at once. Deviates from RFC 3581 §4: CUCM does not fill in rport (REG-29).
      trying: "immediate",
      fillRport: false,
      ...(network && { network }),
      ...(timers && { timers }),
      ...(addressOption !== undefined && { addressOption }),
    },
    user,
  );
  started.manager = new ReferenceCallManager(options, { engine, policies, listeners, log });
  return started.manager;
}

interface Parts extends Pick<Services, "engine" | "policies" | "log"> {
  readonly listeners: Set<(decision: Decision) => void>;
}

class ReferenceCallManager implements CallManager {
  readonly administration: Administration;
  readonly #services: Services;
  readonly #switchboard: Switchboard;
  readonly #desk: RequestDesk;
  readonly #listeners: Parts["listeners"];

  constructor(
    { lab, clock, ids, policies: replaced }: CallManagerOptions,
    { engine, policies, listeners, log }: Parts,
  ) {
    this.#listeners = listeners;
    this.#services = {
      engine,
      clock,
      ids,
      log,
      policies,
      directory: new Directory(migrated(lab, policies)),
      features: new Features(),
      location: new LocationService(clock),
      nonces: new Nonces(clock, ids),
      domain: lab.target.domain,
      hosts: ownHosts(lab, engine),
    };
    if (replaced?.wordMessage) wordMessages(this.#services);
    this.administration = new EmbeddedAdministration(this.#services);
    const gate = new Gate(this.#services);
    this.#switchboard = new Switchboard(this.#services, gate);
    const registrar = new Registrar(this.#services, gate);
    this.#desk = new RequestDesk(this.#services, { gate, registrar, switchboard: this.#switchboard });
  }

  get addresses(): readonly Address[] {
    return this.#services.engine.addresses;
  }

  registrations(): Binding[] {
    return this.#services.location.list();
  }

  forget(device: string, address: Address): void {
    const hostPort = hostPortAt(address);
    this.#services.location.forget(device, hostPort, address.protocol);
    // Where it rang only, the call goes on or is refused; only then are the dialogs ended that it had.
    this.#services.engine.forgetPeer(address);
    this.#switchboard.forget(hostPort, address.protocol);
  }

  activeCalls(): number {
    return this.#switchboard.activeCalls;
  }

  onDecision(listener: (decision: Decision) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  request(transaction: ServerTransaction): void {
    try {
      this.#desk.handle(transaction);
    } catch (error) {
      const status = error instanceof SipParseError ? error.status : 500;
      this.#services.log.warn({ err: asError(error), method: transaction.request.method }, "request not handled");
      if (!transaction.answered) respond(this.#services, transaction, status);
    }
  }

  async close(): Promise<void> {
    this.#switchboard.close();
    this.#services.location.close();
    await this.#services.engine.close();
  }
}

/** Lets `wordMessage` have the last word on all that goes out. */
function wordMessages({ engine, location, policies }: Services): void {
  let wording: MessageWording | undefined;
  engine.wire.drop((message) => {
    const bindings = location.at(destinationOf(message) ?? "");
    wording = policies.wordMessage({ message: copyOf(message), octets: message.toOctets(), bindings });
    return wording.outcome === "lost";
  });
  engine.wire.rewrite("*", (_, octets) => (wording?.outcome === "changed" ? wording.message : octets));
}

function copyOf(message: SipMessage): SipMessage {
  return (message as SipRequest | SipResponse).clone();
}

/** Where a message goes, as the Contact of a phone there would tell it. */
function destinationOf(message: SipMessage): string | undefined {
  if (message instanceof SipRequest) return hostPortOf(message.uri);
  return message.topVia.sentBy;
}

/** The lab after the upgrade from the release on which some of its devices were configured. */
function migrated(lab: Lab, policies: Policies): Lab {
  const devices = lab.devices.map((device) =>
    device.migratedFrom === undefined ? device : policies.migrateDevice({ device }).device,
  );
  return { ...lab, devices };
}

/** Host parts of Request-URIs that mean us (PRV-08). */
function ownHosts({ target }: Lab, engine: SipEngine): ReadonlySet<string> {
  const hosts = [target.host, target.domain, ...target.names, ...engine.addresses.map(({ host }) => host)];
  return new Set(hosts.map(comparableHost));
}
