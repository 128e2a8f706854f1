import { asError } from "../core/errors.ts";
import type { Device, Line } from "../inventory/model.ts";
import type { SessionDescription } from "../sdp/index.ts";
import type { Dialog } from "../sip/dialog/index.ts";
import {
  allowsUpdate,
  formatSessionExpires,
  meansNoDialog,
  parseUri,
  sessionExpiresOf,
  SipResponse,
  TIMER,
  type HeaderField,
  type SipMessage,
  type SipRequest,
} from "../sip/message/index.ts";
import type { ClientHandler, ClientTransaction } from "../sip/transaction/index.ts";
import type { Flow, Protocol } from "../sip/transport/index.ts";
import type { Side } from "./media-state.ts";
import { ALLOW, bodyOf, contactFor, dateHeader, headersOf, PRODUCT, streamOf, type Wording } from "./messages.ts";
import type { Refusal } from "./policies/ruling.ts";
import type { SessionTiming } from "./policies/time-session.ts";
import type { Services } from "./services.ts";
import { grantedSession, intervalsOf, SessionTimer } from "./session-timer.ts";
import { hostPortAt, hostPortOf } from "./uris.ts";

export interface LegOptions {
  readonly side: Side;
  readonly device: Device;
  readonly line: Line;
  /** The way to the phone. */
  readonly flow: Flow;
  readonly callId: string;
  readonly localTag: string;
}

export interface LegRequest {
  readonly headers?: readonly HeaderField[];
  readonly session?: SessionDescription | undefined;
  readonly body?: Wording["body"];
  readonly maxForwards?: number;
}

/** What a leg asks of the call that it is half of, about its session timer. */
export interface LegKeeper {
  /** The session as the phone was told it last; undefined: something is being negotiated, or there is none to repeat. */
  said(leg: Leg): SessionDescription | undefined;
  /** The phone's session was not refreshed, or is gone. */
  expired(): void;
}

/** Requests that begin a session's interval anew, by their 2xx (RFC 4028 §4). */
const SESSION_REFRESHERS = new Set(["INVITE", "UPDATE"]);

/** One half of a call: the dialog with one phone. It has its own Call-ID, tags, CSeq and Contact. */
export class Leg {
  readonly device: Device;
  readonly line: Line;
  readonly flow: Flow;
  /** Call-ID and local tag: what a request in the dialog is found by, be it early or confirmed. */
  readonly key: string;
  readonly localTag: string;
  readonly #services: Services;
  #side: Side;
  #dialog: Dialog | undefined;
  #awaitsAck = false;
  #hangUpDue: readonly HeaderField[] | undefined;
  #over = false;
  #takesUpdate = false;
  /** Of the phone, before there is a dialog. */
  #earlyTag: string | undefined;
  #released: (() => void) | undefined;
  #keeper: LegKeeper | undefined;
  /** Our own re-INVITE that refreshes the session has no final response yet. */
  #refreshing = false;
  readonly #timer: SessionTimer;

  constructor(services: Services, options: LegOptions) {
    this.#services = services;
    this.#side = options.side;
    this.device = options.device;
    this.line = options.line;
    this.flow = options.flow;
    this.localTag = options.localTag;
    this.key = legKey(options.callId, options.localTag);
    this.#timer = new SessionTimer(services, {
      refreshDue: () => {
        this.#refresh();
      },
      endDue: () => {
        this.#endSession();
      },
    });
  }

  /** Whether the phone is at `hostPort`, as `hostPortOf` writes it, by that transport: by its way here, or its Contact. */
  isAt(hostPort: string, protocol: Protocol): boolean {
    if (this.flow.protocol !== protocol) return false;
    if (hostPortAt(this.flow.remote) === hostPort) return true;
    return this.#dialog !== undefined && hostPortOf(parseUri(this.#dialog.remoteTarget)) === hostPort;
  }

  /** Which half of the call it is. */
  get side(): Side {
    return this.#side;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  /** Tag of the phone, as far as it is known. */
  get remoteTag(): string | undefined {
    return this.#dialog?.remoteTag ?? this.#earlyTag;
  }

  /** A 2xx of ours awaits its ACK: no offer and no BYE of ours until then (RFC 3261 §15). */
  get awaitsAck(): boolean {
    return this.#awaitsAck;
  }

  /** An INVITE between us and the phone is open, one that nobody else keeps account of. */
  get negotiates(): boolean {
    return this.#awaitsAck || this.#refreshing;
  }

  /** BYE was sent or received. */
  get over(): boolean {
    return this.#over;
  }

  /** The phone lists UPDATE in Allow. */
  get takesUpdate(): boolean {
    return this.#takesUpdate;
  }

  get contact(): string {
    return contactFor(this.#services, this.line.directoryNumber, this.flow.protocol);
  }

  /** The dialog goes on as this half of another call. */
  takeSide(side: Side): void {
    this.#side = side;
  }

  /** Tells who is to be asked about the session from now on. */
  keptBy(keeper: LegKeeper): void {
    this.#keeper = keeper;
  }

  /** Is called when nothing more is expected in the dialog. */
  onRelease(released: () => void): void {
    this.#released = released;
  }

  establish(dialog: Dialog): void {
    this.#dialog = dialog;
  }

  /** Takes note of what a message of the phone says about it. */
  note(message: SipMessage): void {
    this.#earlyTag = message.kind === "request" ? message.fromTag : message.toTag;
    this.#takesUpdate = allowsUpdate(message) ?? this.#takesUpdate;
    if (!(message instanceof SipResponse) || !message.isSuccess || this.#over) return;
    // What the phone says of it in a 2xx counts, nothing too (RFC 4028 §7.2).
    if (SESSION_REFRESHERS.has(message.cseq.method)) {
      this.#timer.begin(grantedSession(sessionExpiresOf(message), this.#intervals()));
    }
  }

  /** What an INVITE or UPDATE of the phone is granted of a session timer. */
  timing(request: SipRequest): SessionTiming | Refusal {
    const { agreed } = this.#timer;
    const refresher = agreed && (agreed.refresher === "us" ? "uas" : "uac");
    return this.#services.policies.timeSession({ request, device: this.device, refresher, ...this.#intervals() });
  }

  /** From now on that holds: what our 2xx says of it. */
  timed(timing: SessionTiming): HeaderField[] {
    if (timing.outcome === "untimed") {
      this.#timer.begin(undefined);
      return [];
    }
    const { seconds, refresher } = timing;
    this.#timer.begin({ seconds, refresher: refresher === "uac" ? "phone" : "us" });
    return [
      ["Require", TIMER],
      ["Session-Expires", formatSessionExpires({ seconds, refresher })],
    ];
  }

  /** A 2xx to an INVITE of the phone was sent. */
  answered(): void {
    this.#awaitsAck = true;
  }

  /** The ACK came, or will not come any more; a BYE that had to wait is sent. */
  settled(): void {
    this.#awaitsAck = false;
    if (this.#hangUpDue) this.hangUp(this.#hangUpDue);
  }

  /** Sends a request in the dialog; undefined where there is none, or no way to the phone. */
  send(method: string, request: LegRequest, handler: ClientHandler): ClientTransaction | undefined {
    if (!this.#dialog) return undefined;
    const { headers = [], session, body, maxForwards } = request;
    const forwards: HeaderField[] = maxForwards === undefined ? [] : [["Max-Forwards", String(maxForwards)]];
    const carriesContact = method === "INVITE" || method === "UPDATE" || method === "NOTIFY";
    const message = this.#dialog.createRequest(method, {
      headers: [
        dateHeader(this.#services),
        ["User-Agent", PRODUCT],
        ...forwards,
        ...(carriesContact ? ([["Allow", ALLOW]] as const) : []),
        ...(SESSION_REFRESHERS.has(method) ? this.#sessionHeaders() : []),
        ...headersOf({ headers, session, ...(body && { body }) }),
      ],
      body: bodyOf({ session, ...(body && { body }) }),
      ...(carriesContact ? { contact: this.contact } : {}),
    });
    return this.#attempt(() => this.#services.engine.send(message, handler, this.#route()));
  }

  /** Acknowledges a 2xx to an INVITE of ours, with the answer where the 2xx had the offer. */
  acknowledge(transaction: ClientTransaction, session?: SessionDescription): void {
    const ack = this.#dialog?.createAck(transaction.request.cseq.number, {
      headers: [
        dateHeader(this.#services),
        ["User-Agent", PRODUCT],
        ["Max-Forwards", "70"],
        ["Allow-Events", "presence"],
        ...headersOf({ session }),
      ],
      body: bodyOf({ session }),
    });
    if (ack)
      this.#attempt(() => {
        transaction.acknowledge(ack, this.#route());
      });
  }

  /** Ends the dialog by BYE, once the phone has acknowledged what it has to. */
  hangUp(headers: readonly HeaderField[] = []): void {
    if (this.#over || !this.#dialog) return;
    if (this.#awaitsAck) {
      this.#hangUpDue = headers;
      return;
    }
    this.#finish();
    const released = (): void => {
      this.#release();
    };
    const handler: ClientHandler = {
      response: (_, { isFinal }) => {
        if (isFinal) released();
      },
      failed: released,
    };
    if (!this.send("BYE", { headers }, handler)) released();
  }

  /** The phone hung up. */
  hungUp(): void {
    this.#finish();
    this.#release();
  }

  /** The dialog never came to be. */
  abandon(): void {
    this.#finish();
    this.#release();
  }

  /** What an INVITE or UPDATE of ours says of the session timer: who refreshes goes on doing so (RFC 4028 §7.4). */
  #sessionHeaders(): HeaderField[] {
    const { agreed } = this.#timer;
    if (!agreed) return [];
    const refresher = agreed.refresher === "us" ? "uac" : "uas";
    return [
      ["Supported", TIMER],
      ["Session-Expires", formatSessionExpires({ seconds: agreed.seconds, refresher })],
      ["Min-SE", String(this.#intervals().minExpiresSeconds)],
    ];
  }

  /** Half of the interval is over, and it is for us to refresh. */
  #refresh(): void {
    const { device, takesUpdate } = this;
    const course = this.#services.policies.keepSession({ device, takesUpdate, due: "refresh" });
    if (course.outcome !== "refreshed") return;
    const { by } = course;
    const session = by === "INVITE" ? this.#keeper?.said(this) : undefined;
    // What is being negotiated refreshes too, if it comes to something.
    if (by === "INVITE" && (!session || this.negotiates)) {
      this.#timer.retry();
      return;
    }
    this.#refreshing = by === "INVITE";
    if (this.send(by, { session }, this.#refreshed(by))) return;
    this.#refreshing = false;
    this.#timer.retry();
  }

  #refreshed(by: "UPDATE" | "INVITE"): ClientHandler {
    return {
      response: (transaction, response) => {
        if (response.isProvisional) return;
        this.#refreshing = false;
        if (response.isSuccess && by === "INVITE") this.acknowledge(transaction);
        this.#dialog?.refreshTarget(response);
        this.note(response);
        if (meansNoDialog(response)) this.#endSession();
        else if (!response.isSuccess && !this.#over) this.#timer.retry();
      },
      failed: () => {
        this.#refreshing = false;
        this.#endSession();
      },
    };
  }

  #endSession(): void {
    const { device, takesUpdate } = this;
    if (this.#over || this.#services.policies.keepSession({ device, takesUpdate, due: "end" }).outcome !== "ended")
      return;
    this.#keeper?.expired();
  }

  #intervals() {
    return intervalsOf(this.#services.directory.lab.target, this.device);
  }

  #finish(): void {
    this.#over = true;
    this.#timer.stop();
  }

  #release(): void {
    this.#dialog?.terminate();
    this.#released?.();
    this.#released = undefined;
  }

  /** A Contact of the phone's that leads nowhere is the phone's loss, and must not stop what else is to be done. */
  #attempt<T>(transmit: () => T): T | undefined {
    try {
      return transmit();
    } catch (error) {
      this.#services.log.info({ err: asError(error), device: this.device.name }, "no way to the phone");
      return undefined;
    }
  }

  #route() {
    const to = streamOf(this.flow);
    return to ? { to } : { nextHop: this.#dialog?.nextHop };
  }
}

export function legKey(callId: string, localTag: string): string {
  return `${localTag};${callId}`;
}
