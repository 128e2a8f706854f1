import type { Clock, Timer } from "../core/clock.ts";
import type { Device, Line } from "../inventory/model.ts";
import { sameUri, userOf, type NameAddr } from "../sip/message/index.ts";
import type { Flow } from "../sip/transport/index.ts";
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
  /** On `Clock.now()`. */
  readonly expiresAt: number;
}

interface Entry {
  readonly binding: Binding;
  readonly timer: Timer;
}

/**
 * Bindings by device and line, one for each (REG-24), forgotten when their time is up (REG-19). Several lines of a
 * device register from one Contact address (REG-25), so an address stands for a list of bindings.
 */
export class LocationService {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #byAddress = new Map<string, Set<Binding>>();
  readonly #byFlow = new Map<string, Set<Binding>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Live bindings, in the order they were made. */
  list(): Binding[] {
    return [...this.#entries.values()].map(({ binding }) => binding);
  }

  find(device: Device, line: Line): Binding | undefined {
    return this.#entries.get(keyOf(device, line))?.binding;
  }

  isRegistered(device: Device): boolean {
    return device.lines.some((line) => this.find(device, line) !== undefined);
  }

  /** Makes or replaces the binding of a line; `expired` is called when its time is up. */
  bind(binding: Binding, expired: (binding: Binding) => void): void {
    this.unbind(binding.device, binding.line);
    const key = keyOf(binding.device, binding.line);
    const timer = this.#clock.setTimer(binding.expiresAt - this.#clock.now(), () => {
      this.unbind(binding.device, binding.line);
      expired(binding);
    });
    this.#entries.set(key, { binding, timer });
    addTo(this.#byAddress, hostPortOf(binding.contact.uri), binding);
    addTo(this.#byFlow, flowKey(binding.flow), binding);
  }

  unbind(device: Device, line: Line): void {
    const key = keyOf(device, line);
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.timer.cancel();
    this.#entries.delete(key);
    removeFrom(this.#byAddress, hostPortOf(entry.binding.contact.uri), entry.binding);
    removeFrom(this.#byFlow, flowKey(entry.binding.flow), entry.binding);
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
    for (const { timer } of this.#entries.values()) timer.cancel();
    this.#entries.clear();
    this.#byAddress.clear();
    this.#byFlow.clear();
  }
}

function keyOf(device: Device, line: Line): string {
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
