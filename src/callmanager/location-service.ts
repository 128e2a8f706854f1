import type { Clock, Timer } from "../core/clock.ts";
import type { Device, Line } from "../inventory/model.ts";
import { sameUri, userOf, type NameAddr, type SipRequest } from "../sip/message/index.ts";
import type { Flow, Protocol } from "../sip/transport/index.ts";
import { hostPortOf } from "./uris.ts";

/** Where a line of a device can be reached, and until when. */
export interface Binding {
  readonly device: Device;
  readonly line: Line;
  /** As registered: URI and header parameters. */
  readonly contact: NameAddr;
  /** The way the REGISTER came: by a stream, requests to the phone go back over it. */
  readonly flow: Flow;
  readonly callId: string;
  readonly cseq: number;
  /** The REGISTER that made it, with whatever the phone said of itself. */
  readonly register: SipRequest;
  /** On `Clock.now()`. */
  readonly expiresAt: number;
}

/** The bindings as policies may look into them. */
export interface LiveBindings {
  /** All, in the order they were made. */
  list(): Binding[];
  /** Those of a line on a device, newest first: one, unless `endBinding` keeps others. */
  of(device: Device, line: Line): readonly Binding[];
  /** Those of a directory number on all devices, in whatever partition. */
  withNumber(number: string): readonly Binding[];
  /** Those that a request belongs to by its Contact and the way it came. */
  sentBy(contact: NameAddr | undefined, flow: Flow): Binding[];
}

interface Entry {
  readonly binding: Binding;
  readonly timer: Timer;
  readonly expired: (binding: Binding) => void;
}

/**
 * Bindings by device and line, forgotten when their time is up (REG-19). Several lines of a device register from one
 * Contact address (REG-25), so an address stands for a list of bindings.
 */
export class LocationService implements LiveBindings {
  readonly #clock: Clock;
  readonly #entries = new Map<string, readonly Entry[]>();
  readonly #byAddress = new Map<string, Set<Binding>>();
  readonly #byFlow = new Map<string, Set<Binding>>();
  readonly #byNumber = new Map<string, Set<Binding>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  list(): Binding[] {
    return [...this.#entries.values()].flatMap((entries) => entries.map(({ binding }) => binding).reverse());
  }

  of(device: Device, line: Line): readonly Binding[] {
    return this.#entries.get(lineKey(device, line))?.map(({ binding }) => binding) ?? [];
  }

  /** The newest binding of a line on a device. */
  find(device: Device, line: Line): Binding | undefined {
    return this.#entries.get(lineKey(device, line))?.[0]?.binding;
  }

  isRegistered(device: Device): boolean {
    return device.lines.some((line) => this.find(device, line) !== undefined);
  }

  /** Adds a binding beside those that the line has; `expired` is called when its time is up. */
  bind(binding: Binding, expired: (binding: Binding) => void): void {
    const key = lineKey(binding.device, binding.line);
    const timer = this.#clock.setTimer(binding.expiresAt - this.#clock.now(), () => {
      expired(binding);
    });
    this.#entries.set(key, [{ binding, timer, expired }, ...(this.#entries.get(key) ?? [])]);
    addTo(this.#byAddress, hostPortOf(binding.contact.uri), binding);
    addTo(this.#byFlow, flowKey(binding.flow), binding);
    addTo(this.#byNumber, binding.line.directoryNumber, binding);
  }

  remove(binding: Binding): void {
    const key = lineKey(binding.device, binding.line);
    const entries = this.#entries.get(key) ?? [];
    const left = entries.filter((entry) => entry.binding !== binding);
    for (const { timer } of entries.filter((entry) => entry.binding === binding)) timer.cancel();
    if (left.length > 0) this.#entries.set(key, left);
    else this.#entries.delete(key);
    removeFrom(this.#byAddress, hostPortOf(binding.contact.uri), binding);
    removeFrom(this.#byFlow, flowKey(binding.flow), binding);
    removeFrom(this.#byNumber, binding.line.directoryNumber, binding);
  }

  /** Removes every binding of a line on a device. */
  unbind(device: Device, line: Line): void {
    for (const binding of this.of(device, line)) this.remove(binding);
  }

  /** Removes every binding of a device, and every one over that transport whose Contact is at `hostPort`. */
  forget(device: string, hostPort: string, protocol: Protocol): void {
    const ofDevice = this.list().filter((binding) => binding.device.name === device);
    const there = this.at(hostPort).filter(({ flow }) => flow.protocol === protocol);
    for (const binding of new Set([...ofDevice, ...there])) this.remove(binding);
  }

  withNumber(number: string): readonly Binding[] {
    return [...(this.#byNumber.get(number) ?? [])];
  }

  /** Bindings whose Contact is at `hostPort`, as `hostPortOf` writes it. */
  at(hostPort: string): readonly Binding[] {
    return [...(this.#byAddress.get(hostPort) ?? [])];
  }

  /** Gives each binding the device and line as they are now; undefined: it is forgotten. */
  follow(current: (binding: Binding) => Pick<Binding, "device" | "line"> | undefined): void {
    for (const { binding, expired } of [...this.#entries.values()].flatMap((entries) => entries.toReversed())) {
      const now = current(binding);
      if (now?.device === binding.device && now.line === binding.line) continue;
      this.remove(binding);
      if (now) this.bind({ ...binding, device: now.device, line: now.line }, expired);
    }
  }

  /**
   * Bindings that a request belongs to: by its Contact address; over a stream also by the connection that a REGISTER
   * proved; without a Contact by the source (CAL-05). Where several devices share an address (phones behind one
   * drachtio-server), the Contact's user tells them apart.
   */
  sentBy(contact: NameAddr | undefined, flow: Flow): Binding[] {
    const address = contact && hostPortOf(contact.uri);
    const byAddress = address === undefined ? [] : [...(this.#byAddress.get(address) ?? [])];
    if (contact && byAddress.length > 0) {
      const user = userOf(contact.uri);
      const sameUser = byAddress.filter((binding) => userOf(binding.contact.uri) === user);
      return sameUser.length > 0 ? sameUser : byAddress;
    }
    if (contact && flow.protocol === "udp") return [];
    return [...(this.#byFlow.get(flowKey(flow)) ?? [])];
  }

  /** Whether a REGISTER repeats Call-ID, Contact and source of a live binding: a keepalive (REG-20). */
  keepaliveOf(
    number: string | undefined,
    callId: string,
    contact: NameAddr | undefined,
    flow: Flow,
  ): Binding | undefined {
    if (!contact) return undefined;
    for (const binding of this.#byFlow.get(flowKey(flow)) ?? []) {
      const same = binding.callId === callId && binding.line.directoryNumber === number;
      if (same && sameUri(binding.contact.uri, contact.uri)) return binding;
    }
    return undefined;
  }

  close(): void {
    for (const { timer } of [...this.#entries.values()].flat()) timer.cancel();
    this.#entries.clear();
    this.#byAddress.clear();
    this.#byFlow.clear();
    this.#byNumber.clear();
  }
}

/** Tells a line of a device from every other, whatever its settings. */
function lineKey(device: Device, line: Line): string {
  return JSON.stringify([device.name, line.partition, line.directoryNumber]);
}

/** UDP has no connection: its source address stands for it. */
function flowKey(flow: Flow): string {
  return flow.connection === undefined
    ? `${flow.protocol}:${flow.remote.host}:${flow.remote.port}`
    : `${flow.protocol}#${flow.connection}`;
}

function addTo(index: Map<string, Set<Binding>>, key: string | undefined, binding: Binding): void {
  if (key === undefined) return;
  const bindings = index.get(key);
  if (bindings) bindings.add(binding);
  else index.set(key, new Set([binding]));
}

function removeFrom(index: Map<string, Set<Binding>>, key: string | undefined, binding: Binding): void {
  if (key === undefined) return;
  const bindings = index.get(key);
  bindings?.delete(binding);
  if (bindings?.size === 0) index.delete(key);
}
