import { delay, settledWithin } from "../core/clock.ts";
import { UnexpectedOutcomeError } from "../core/errors.ts";
import { Inbox } from "../core/inbox.ts";
import type { Device, Lab, Line } from "../inventory/model.ts";
import { userOf, type SipRequest } from "../sip/message/index.ts";
import { answerInBackground } from "./background.ts";
import type { CallLeg } from "./call-leg.ts";
import type { IncomingCall, OutgoingCall } from "./call.ts";
import { ClientExchange } from "./client-exchange.ts";
import { credentialsOf } from "./credentials-of.ts";
import { mergeHeaders } from "./header-values.ts";
import { IncomingLeg } from "./incoming-leg.ts";
import { sdpOf } from "./local-media.ts";
import { OutgoingLeg } from "./outgoing-leg.ts";
import type { PhoneContext } from "./phone-context.ts";
import type {
  CallOptions,
  Exchange,
  NextInviteOptions,
  OutOfDialogOptions,
  OverTlsOptions,
  Phone,
  RegisterOptions,
  Registration,
  SdpSeen,
  SimulatedPhone,
  TlsOutcome,
  WaitForOptions,
} from "./phone.ts";
import { Registrations } from "./registrations.ts";
import { replacedBy } from "./replaces.ts";
import { checkSessionTimer, tooShort, type SessionTimerOptions } from "./session-timer.ts";
import type { IncomingRequest } from "./signalling.ts";
import { PhoneSubscription, type SubscribeOptions, type Subscription } from "./subscription.ts";
import { TlsRegistration } from "./tls-registration.ts";
import type { Trace, TraceMark } from "./trace.ts";
import { refusalOf } from "./unprocessable.ts";
import type { Address, WireControls } from "./wire.ts";

/** The phone that `createPhone` makes: hands what comes in to whom it concerns, and keeps what nobody took. */
export class SipPhone implements SimulatedPhone {
  readonly user: Phone["user"];
  readonly wire: WireControls;
  readonly #context: PhoneContext;
  readonly #registrations: Registrations;
  readonly #calls = new Set<CallLeg>();
  readonly #invites: Inbox<IncomingLeg>;
  readonly #requests: Inbox<SipRequest>;
  readonly #subscriptions = new Set<PhoneSubscription>();
  readonly #background = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(context: PhoneContext, wire: WireControls, user: Phone["user"]) {
    this.#context = context;
    this.wire = wire;
    this.user = user;
    this.#registrations = new Registrations(context);
    this.#invites = new Inbox(context.clock);
    this.#requests = new Inbox(context.clock);
    context.onPlace((uri, options) => this.call(uri, options));
    context.signalling.onRequest((incoming) => {
      this.#receive(incoming).catch((error: unknown) => {
        // An answer that can no longer be sent: cancelled meanwhile, or the connection is gone.
        context.log.debug({ err: error }, "request not answered");
      });
    });
  }

  get name(): string {
    return this.#context.name;
  }

  get device(): Device {
    return this.#context.device;
  }

  get lines(): readonly Line[] {
    return this.device.lines;
  }

  get directoryNumber(): string {
    return this.#context.lineOf(0).directoryNumber;
  }

  get address(): Address {
    return this.#context.address;
  }

  get trace(): Trace {
    return this.#context.trace;
  }

  get background(): ReadonlyMap<string, number> {
    return this.#background;
  }

  mark(): TraceMark {
    return this.trace.mark();
  }

  async register(options?: RegisterOptions): Promise<Registration> {
    return await this.#registrations.register(options);
  }

  async registerOverTls(options: OverTlsOptions = {}): Promise<TlsOutcome> {
    return await new TlsRegistration(this.#context, options).run();
  }

  async unregister(options?: RegisterOptions): Promise<Registration> {
    return await this.#registrations.register({ ...options, expiresSeconds: 0 });
  }

  async call(target: Phone | string, options: CallOptions = {}): Promise<OutgoingCall> {
    const context = this.#context;
    const { directoryNumber } = context.lineOf(options.line);
    const call = new OutgoingLeg({ context, uri: context.uriOf(target), directoryNumber }, options);
    // Before it is sent: what comes within the call may arrive together with the stack's word that it was sent.
    this.#calls.add(call);
    try {
      await call.start();
    } catch (error) {
      this.#calls.delete(call);
      throw error;
    }
    return call;
  }

  async nextInvite(options: NextInviteOptions = {}): Promise<IncomingCall> {
    const line = options.line === undefined ? undefined : this.#context.lineOf(options.line);
    const awaited = {
      what: line ? `an INVITE for ${line.directoryNumber}` : "an INVITE",
      wait: "ringMs",
      check: "Check that it is registered and that the call was sent to it",
      ...timeoutOf(options),
    } as const;
    return await this.#context.take(
      this.#invites,
      awaited,
      ({ directoryNumber }) => line === undefined || directoryNumber === line.directoryNumber,
    );
  }

  async nextRequest(method: string, options: WaitForOptions = {}): Promise<SipRequest> {
    const check = "Check that the other side sends it";
    const awaited = { what: `a request ${method}`, wait: "answerMs", check, ...timeoutOf(options) } as const;
    return await this.#context.take(this.#requests, awaited, (request) => request.method === method);
  }

  async request(method: string, options: OutOfDialogOptions): Promise<Exchange> {
    const to = this.#context.uriOf(options.to);
    return await this.#exchange(method, to, options.uri ?? to, options);
  }

  async subscribe(event: string, options: SubscribeOptions = {}): Promise<Subscription> {
    const subscription = new PhoneSubscription(this.#context, event, options);
    this.#subscriptions.add(subscription);
    return await subscription.start();
  }

  useSessionTimer(options: SessionTimerOptions | false = {}): void {
    this.#context.sessionTimer = options === false ? undefined : checkSessionTimer(options);
  }

  async noInvite(): Promise<void> {
    const target = this.#context.domainUri();
    this.#refuseKeptInvite();
    await this.#exchange("OPTIONS", target, target, {});
    await delay(this.#context.clock, this.#context.waits.settleMs);
    this.#refuseKeptInvite();
  }

  everySdp(options: { readonly direction?: "sent" | "received" | "both" } = {}): readonly SdpSeen[] {
    const wanted = options.direction ?? "received";
    return this.#context.trace.entries.flatMap(({ direction, message, notes }) => {
      if (!message || (wanted !== "both" && wanted !== direction)) return [];
      if (notes.includes("retransmission") || notes.includes("dropped")) return [];
      const session = sdpOf(message);
      return session ? [{ message, session, direction }] : [];
    });
  }

  openCalls(): string[] {
    return [...this.#calls].filter((call) => !call.ended).map((call) => call.description);
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const { clock, waits, signalling } = this.#context;
    this.wire.clear();
    await settledWithin(clock, this.#tidyUp(), waits.answerMs);
    this.#context.close();
    await signalling.close();
  }

  /** Calls first: a target knows the sender of a BYE by its binding. */
  async #tidyUp(): Promise<void> {
    const open = [...this.#calls].filter((call) => !call.ended);
    for (const outcome of await Promise.allSettled(open.map((call) => call.abandon()))) {
      if (outcome.status === "rejected") this.#context.log.debug({ err: outcome.reason as unknown }, "call not ended");
    }
    const standing = [...this.#subscriptions].filter(({ stands }) => stands);
    for (const subscription of this.#subscriptions) subscription.stop();
    await Promise.allSettled(standing.map((subscription) => subscription.unsubscribe()));
    const { address, closed, forget } = this.#context;
    if (forget) forget(address);
    else if (!closed) await this.#registrations.removeAll();
  }

  async #receive(incoming: IncomingRequest): Promise<void> {
    const { request } = incoming;
    const call = this.#callOf(incoming);
    if (incoming.byStack) {
      await call?.handle(incoming);
      return;
    }
    this.#requests.put(request);
    const refusal = refusalOf(request);
    const subscription = [...this.#subscriptions].find((candidate) => candidate.owns(incoming));
    if (refusal) await incoming.respond(refusal.status, { headers: refusal.headers });
    else if (subscription) await subscription.notified(incoming);
    else if (call) await call.handle(incoming);
    else if (request.toTag !== undefined) await this.#answerStray(incoming);
    else if (request.method === "INVITE") await this.#invited(incoming);
    else {
      this.#background.set(request.method, (this.#background.get(request.method) ?? 0) + 1);
      await answerInBackground(incoming);
    }
  }

  #callOf({ dialogId, request }: IncomingRequest): CallLeg | undefined {
    const calls = [...this.#calls];
    const inDialog = dialogId === undefined ? undefined : calls.find((call) => call.dialogId === dialogId);
    if (inDialog ?? request.toTag === undefined) return inDialog;
    return calls.find((call) => call.callId === request.callId && !call.ended);
  }

  /** An INVITE of a new call, or of one that takes the place of another; one that cannot is refused (RFC 3891 §3). */
  async #invited(incoming: IncomingRequest): Promise<void> {
    const { sessionTimer } = this.#context;
    const refusal = sessionTimer && tooShort(sessionTimer, incoming.request);
    if (refusal) {
      await incoming.respond(refusal.status, { headers: refusal.headers });
      return;
    }
    const replaced = replacedBy(incoming.request);
    if (!replaced) {
      const call = this.#ring(incoming);
      const taken = call.takeOffer();
      this.#invites.put(call);
      await taken;
      return;
    }
    const call = [...this.#calls].find((candidate) => candidate.isNamed(replaced) !== undefined);
    const state = call?.isNamed(replaced);
    if (!call || (state === "early" && call instanceof IncomingLeg)) await incoming.respond(481);
    else if (call.ended) await incoming.respond(603);
    else if (state === "confirmed" && replaced.earlyOnly) await incoming.respond(486);
    else await this.#succeed(call, incoming);
  }

  async #succeed(call: CallLeg, incoming: IncomingRequest): Promise<void> {
    const successor = this.#ring(incoming, call);
    const taken = successor.takeOffer();
    const accepts = !successor.ended && call.succeedBy(successor);
    if (!accepts) this.#invites.put(successor);
    await taken;
    if (accepts) await successor.accept();
  }

  #ring(incoming: IncomingRequest, replaces?: CallLeg): IncomingLeg {
    const call = new IncomingLeg(this.#context, incoming, this.#calledNumber(incoming.request), replaces);
    incoming.onCancel((cancel) => {
      this.#requests.put(cancel);
    });
    this.#calls.add(call);
    return call;
  }

  /** The line that is meant: by Request-URI, else by To, else the first. */
  #calledNumber(request: SipRequest): string {
    const own = this.lines.map(({ directoryNumber }) => directoryNumber);
    const users = [userOf(request.uri), userOf(request.to.uri)];
    const called = users.flatMap((user) => (user === undefined ? [] : [this.#context.contactUser(user)]));
    return called.find((user) => own.includes(user)) ?? this.directoryNumber;
  }

  /** RFC 3261 §12.2.2: within a dialog that this phone doesn't have. */
  async #answerStray(incoming: IncomingRequest): Promise<void> {
    if (incoming.request.method !== "ACK") await incoming.respond(481);
  }

  async #exchange(method: string, to: string, uri: string, options: Omit<OutOfDialogOptions, "to">): Promise<Exchange> {
    const context = this.#context;
    const { headers, body, contentType, line } = options;
    const { directoryNumber } = context.lineOf(line);
    const fixed = {
      From: `<${context.userUri(directoryNumber)}>;tag=${context.ids.tag()}`,
      To: `<${to}>`,
      "Call-ID": context.ids.callId(),
      Contact: context.contact(directoryNumber),
      ...context.profileHeaders,
      ...(contentType === undefined ? {} : { "Content-Type": contentType }),
    };
    let cseq = 0;
    const exchange = new ClientExchange(context, {
      method,
      uri,
      headers: () => mergeHeaders(fixed, { CSeq: `${(cseq += 1)} ${method}` }, headers),
      ...(body === undefined ? {} : { body }),
      credentials: credentialsOf(options),
      check: "Check that the target is up and answers it",
    });
    await exchange.start();
    return await exchange.result();
  }

  #refuseKeptInvite(): void {
    const [invite] = this.#invites.pending.map((call) => call.invite);
    if (!invite) return;
    const from = invite.get("From")?.replace(/>.*$/s, ">") ?? "nobody";
    throw new UnexpectedOutcomeError(
      `${this.name} got an INVITE that must not come: ${invite.requestUri}, From ${from}`,
      { code: "ERR_UNEXPECTED_INVITE", details: { phone: this.name, message: invite.toString() } },
    );
  }
}

function timeoutOf({ timeoutMs }: WaitForOptions): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}

/** The digest user of a device as its phone is configured with it. */
export function userOfDevice(device: Device, lab: Lab): Phone["user"] {
  const user = device.digestUser === undefined ? undefined : lab.users.get(device.digestUser);
  return user && { id: user.id, password: user.password ?? "" };
}
