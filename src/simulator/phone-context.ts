import { delay, type Clock } from "../core/clock.ts";
import { InternalError, UsageError, WaitTimeoutError } from "../core/errors.ts";
import type { Inbox } from "../core/inbox.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { Device, Line, Waits } from "../inventory/model.ts";
import type { MediaEndpoint, MediaReport } from "../media/index.ts";
import { headerKey, reasonPhrase, SipRequest, SipResponse, TIMER } from "../sip/message/index.ts";
import type { SipMessage } from "../sip/message/index.ts";
import type { Authenticator } from "./authenticator.ts";
import { History } from "./history.ts";
import type { OutgoingCall } from "./call.ts";
import type { CallOptions, HeaderValues, Phone } from "./phone.ts";
import { RELIABLE } from "./reliable.ts";
import type { SessionTimerSettings } from "./session-timer.ts";
import type { Signalling } from "./signalling.ts";
import { noTls, type PhoneTls } from "./phone-tls.ts";
import { sipUri } from "./sip-uri.ts";
import type { WireTrace } from "./trace.ts";
import type { Address, TapEntry } from "./wire.ts";

/** Methods a phone answers with something better than 405. */
export const ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, MESSAGE, UPDATE, PRACK, REFER";
/** Extensions that a phone has, as it lists them in Supported. */
export const SUPPORTED = `${RELIABLE}, replaces`;

export interface PhoneContextOptions {
  readonly name: string;
  readonly device: Device;
  /** Host part of the URIs that the phone builds. */
  readonly domain: string;
  readonly targetAddress: Address;
  readonly address: Address;
  readonly waits: Waits;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly signalling: Signalling;
  readonly trace: WireTrace;
  /** Sees what the phone sends and receives past its stack. Default: the trace. */
  readonly tap?: ((entry: TapEntry) => void) | undefined;
  /** Default: no TLS anywhere. */
  readonly tls?: PhoneTls | undefined;
  /** Why the request of that Call-ID last got no answer, where the stack knows more than that. */
  readonly failureOf?: ((callId: string) => Error | undefined) | undefined;
  /** Makes the target forget the phone when it closes. Default: the phone unregisters. */
  readonly forget?: ((address: Address) => void) | undefined;
  readonly authenticator: Authenticator;
  readonly media: MediaEndpoint;
  /** Where media is sent and received, as SDP tells it. Default: the host of `address`. */
  readonly mediaHost?: string | undefined;
  /** Behind the user of each Contact, where phones share an address. Default: nothing. */
  readonly contactSuffix?: string | undefined;
  /** Is told what the media of each call came to. */
  readonly observe?: ((media: MediaReport) => void) | undefined;
}

/** What somebody waits for, for the error when it doesn't come. */
export interface Awaited {
  /** `a final response to INVITE`. */
  readonly what: string;
  readonly callId?: string;
  /** Which of the lab's waits bounds it. */
  readonly wait: keyof Waits;
  readonly timeoutMs?: number;
  /** What to look at, a sentence: `Check that bob is registered`. */
  readonly check: string;
}

/** What all parts of one phone share: who it is, where it stands, and how long it waits. */
export class PhoneContext {
  readonly name: string;
  readonly device: Device;
  readonly domain: string;
  readonly targetAddress: Address;
  readonly address: Address;
  readonly waits: Waits;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly signalling: Signalling;
  readonly trace: WireTrace;
  readonly tap: (entry: TapEntry) => void;
  readonly tls: PhoneTls;
  readonly failureOf: (callId: string) => Error | undefined;
  readonly forget: ((address: Address) => void) | undefined;
  readonly authenticator: Authenticator;
  readonly media: MediaEndpoint;
  readonly mediaHost: string;
  readonly #contactSuffix: string;
  readonly observe: (media: MediaReport) => void;
  /** How calls that begin from now on use session timers; undefined: not at all. */
  sessionTimer: SessionTimerSettings | undefined;
  #place: (uri: string, options: CallOptions) => Promise<OutgoingCall> = () =>
    Promise.reject(new InternalError("a phone is not put together yet", { code: "ERR_INTERNAL" }));
  readonly #histories = new Set<{ end(reason: Error): void }>();
  readonly #closing = new AbortController();

  constructor(options: PhoneContextOptions) {
    this.name = options.name;
    this.device = options.device;
    this.domain = options.domain;
    this.targetAddress = options.targetAddress;
    this.address = options.address;
    this.waits = options.waits;
    this.clock = options.clock;
    this.ids = options.ids;
    this.log = options.log;
    this.signalling = options.signalling;
    this.trace = options.trace;
    this.tap = options.tap ?? ((entry) => void this.trace.add(entry));
    this.tls = options.tls ?? noTls;
    this.failureOf = options.failureOf ?? (() => undefined);
    this.forget = options.forget;
    this.authenticator = options.authenticator;
    this.media = options.media;
    this.mediaHost = options.mediaHost ?? options.address.host;
    this.#contactSuffix = options.contactSuffix ?? "";
    this.observe = options.observe ?? (() => undefined);
    this.sessionTimer = options.device.phoneProfile.sessionTimer;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** URI of a user of the target. */
  userUri(user: string, domain = this.domain): string {
    return sipUri({ host: domain, user });
  }

  /** URI of the target itself, without a user part. */
  domainUri(domain = this.domain): string {
    return sipUri({ host: domain });
  }

  /** A phone's first number, a user part at the target's domain, or a URI as it stands. */
  uriOf(target: Phone | string): string {
    if (typeof target !== "string") return this.userUri(target.directoryNumber);
    return /^[a-z][a-z0-9+.-]*:/i.test(target) ? target : this.userUri(target);
  }

  /** Value of a Contact at which this phone is reached. */
  contact(user: string): string {
    return `<${sipUri({ ...this.address, user: user + this.#contactSuffix })}>`;
  }

  /** The user for whom a Contact of this phone was made, from the user part of its URI. */
  contactUser(user: string): string {
    const suffix = this.#contactSuffix;
    return suffix !== "" && user.endsWith(suffix) ? user.slice(0, -suffix.length) : user;
  }

  /** @throws {UsageError} ERR_NO_SUCH_LINE */
  lineOf(line: Line | number = 0): Line {
    const found = typeof line === "number" ? this.device.lines[line] : line;
    if (found && this.device.lines.includes(found)) return found;
    const { length } = this.device.lines;
    throw new UsageError(`${this.name} (${this.device.name}) has no such line; it has ${length}, counted from 0`, {
      code: "ERR_NO_SUCH_LINE",
      details: { phone: this.name, device: this.device.name, lines: length },
    });
  }

  /** What the phone's model puts into each request; `timer` too, where it has session timers (RFC 4028 §7.1). */
  get profileHeaders(): HeaderValues {
    const { userAgent, headers } = this.device.phoneProfile;
    const own = { "User-Agent": userAgent, ...headers };
    if (!this.sessionTimer) return own;
    const name = Object.keys(own).find((key) => headerKey(key) === headerKey("Supported")) ?? "Supported";
    return { ...own, [name]: withTimer(headers[name] ?? SUPPORTED) };
  }

  /** Sets how calls are made that nobody but another phone asks for. */
  onPlace(place: (uri: string, options: CallOptions) => Promise<OutgoingCall>): void {
    this.#place = place;
  }

  /** Makes a call that the other side of a call asked for by REFER. */
  async place(uri: string, options: CallOptions): Promise<OutgoingCall> {
    return await this.#place(uri, options);
  }

  /** A history whose waits end when the phone is closed. */
  history<T>(): History<T> {
    const history = new History<T>(this.clock);
    if (this.closed) history.end(this.#closing.signal.reason as Error);
    this.#histories.add(history);
    return history;
  }

  /**
   * Takes from `inbox`, bounded.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT
   */
  async take<T>(inbox: Inbox<T>, awaited: Awaited, matches: (item: T) => boolean): Promise<T> {
    const timeoutMs = awaited.timeoutMs ?? this.waits[awaited.wait];
    const wait = { timeoutMs, description: awaited.what, signal: this.#closing.signal };
    return await inbox.take(wait, matches).catch((error: unknown) => {
      throw error instanceof WaitTimeoutError ? this.waitTimeout(awaited) : error;
    });
  }

  /** Resolves after `delayMs`. @throws {UsageError} ERR_PHONE_CLOSED */
  async pause(delayMs: number): Promise<void> {
    await delay(this.clock, delayMs, this.#closing.signal);
  }

  /** Ends every wait. */
  close(): void {
    const reason = new UsageError(`${this.name} was closed while it waited`, {
      code: "ERR_PHONE_CLOSED",
      details: { phone: this.name },
    });
    this.#closing.abort(reason);
    for (const history of this.#histories) history.end(reason);
    this.#histories.clear();
    this.media.close();
  }

  /** `alice waited 5000 ms for a final response to INVITE (Call-ID 3f2a…); last seen: 100 Trying. Check that …` */
  waitTimeout(awaited: Awaited): WaitTimeoutError {
    const timeoutMs = awaited.timeoutMs ?? this.waits[awaited.wait];
    const last = this.trace.lastReceived(awaited.callId)?.message;
    const seen = last ? describeMessage(last) : "nothing";
    const where = awaited.callId === undefined ? "" : ` (Call-ID ${awaited.callId})`;
    const text = `${this.name} waited ${timeoutMs} ms for ${awaited.what}${where}; last seen: ${seen}.`;
    return new WaitTimeoutError(`${text} ${awaited.check}, or raise waits.${awaited.wait} in the lab file.`, {
      code: "ERR_WAIT_TIMEOUT",
      details: {
        phone: this.name,
        timeoutMs,
        awaited: awaited.what,
        ...(awaited.callId === undefined ? {} : { callId: awaited.callId }),
        lastSeen: seen,
        silent: last === undefined,
      },
    });
  }
}

/** A list of extensions, with session timers among them. */
function withTimer(supported: string): string {
  return supported.split(",").some((tag) => tag.trim() === TIMER) ? supported : `${supported}, ${TIMER}`;
}

/** A message in a few words: `100 Trying`, `INVITE`. */
function describeMessage(message: SipMessage): string {
  if (message instanceof SipRequest) return message.method;
  return message instanceof SipResponse ? describeStatus(message) : "a message";
}

/** `486 Busy Here`. */
export function describeStatus({ status, reason }: SipResponse): string {
  return `${status} ${reason === "" ? reasonPhrase(status) : reason}`;
}
