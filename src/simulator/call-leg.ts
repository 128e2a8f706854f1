import { UnexpectedOutcomeError, UsageError } from "../core/errors.ts";
import { Inbox } from "../core/inbox.ts";
import type { AudioSource, MediaReport, ReceivedDigit } from "../media/index.ts";
import type { SipRequest, SipResponse } from "../sip/message/index.ts";
import type { NextAudioOptions, SendDigitsOptions } from "./audible-call.ts";
import { answerInBackground } from "./background.ts";
import { CallAudio } from "./call-audio.ts";
import type { Call, MediaSession, ReinviteOptions } from "./call.ts";
import { DialogRequests } from "./dialog-requests.ts";
import type { InviteParts } from "./invite-client.ts";
import { InviteServer, type InviteServerParts } from "./invite-server.ts";
import { LocalMedia, type LocalSdp } from "./local-media.ts";
import type { Awaited, PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, Phone, RequestOptions, WaitForOptions } from "./phone.ts";
import { Referrals } from "./referrals.ts";
import { Renegotiation, type OfferOf, type RenegotiationOptions } from "./renegotiation.ts";
import { replacesOf, type DialogNames, type Replaced } from "./replaces.ts";
import { SessionState } from "./session-state.ts";
import { SessionTimer, type SessionTimerState } from "./session-timer.ts";
import type { IncomingRequest } from "./signalling.ts";
import type { FollowOptions, Transfer, TransferOptions } from "./transfer.ts";

/** What both sides of a call have in common: everything within its dialog. */
export abstract class CallLeg implements Call {
  abstract readonly callId: string;
  /** `call to 1003`. */
  abstract readonly title: string;
  protected readonly context: PhoneContext;
  protected readonly localMedia: LocalMedia;
  protected readonly sessionState: SessionState;
  protected readonly credentials: CredentialOptions;
  /** Value of the phone's Contact in this call. */
  protected readonly contact: string;
  protected readonly timer: SessionTimer;
  readonly #audio: CallAudio;
  readonly #referrals: Referrals;
  readonly #dialog: DialogRequests;
  readonly #renegotiation: Renegotiation;
  #ended = false;
  /** The other side sent BYE. */
  #hungUp = false;
  readonly #requests: Inbox<SipRequest>;

  /** @param ownsCallId whether this phone began the call. */
  constructor(context: PhoneContext, contact: string, credentials: CredentialOptions, ownsCallId: boolean) {
    this.context = context;
    this.contact = contact;
    this.credentials = credentials;
    this.#audio = new CallAudio({
      context,
      title: () => this.title,
      callId: () => this.callId,
      over: (action) => this.#over(action),
      request: (method, options) => this.request(method, options),
    });
    this.#referrals = new Referrals({
      context,
      contact,
      callId: () => this.callId,
      request: (method, options) => this.request(method, options),
    });
    const { media } = this.#audio;
    this.localMedia = new LocalMedia(context, () => media.reservePort());
    this.sessionState = new SessionState(context.history(), (session) => {
      media.apply(session);
    });
    this.#requests = new Inbox(context.clock);
    this.#dialog = new DialogRequests({
      context,
      credentials,
      gone: () => {
        this.end();
      },
    });
    this.timer = new SessionTimer({
      context,
      refresh: (by) => this.#renegotiation.refresh(by),
      hangUp: () => this.bye(),
    });
    this.#renegotiation = new Renegotiation({
      ...this.#sessionParts,
      timer: this.timer,
      requests: this.#dialog,
      credentials,
      ownsCallId,
      over: () => this.#ended,
    });
  }

  /** Resolves when requests may be sent within the call. @throws what the call came to instead. */
  protected abstract established(): Promise<void>;

  /** Resolves when UPDATE may be sent: in an early dialog too. @throws what the call came to instead. */
  protected abstract updatable(): Promise<void>;

  /** Resolves when its dialog can be named. @throws what the call came to instead. */
  protected async nameable(): Promise<void> {
    await this.established();
  }

  /** What its dialog is called. */
  abstract names(): Promise<DialogNames>;

  /** Whether it is the dialog that a Replaces names, and how far it has come (RFC 3891 §3). */
  abstract isNamed(replaced: Replaced): "early" | "confirmed" | undefined;

  /** Ends the call in whatever state it is. */
  abstract abandon(): Promise<void>;

  get ended(): boolean {
    return this.#ended;
  }

  /** For a report of what was left up. */
  get description(): string {
    return `${this.title} (${this.dialogId === undefined ? "ringing" : "confirmed"})`;
  }

  get dialogId(): string | undefined {
    return this.#dialog.dialogId;
  }

  get sessionTimer(): SessionTimerState | undefined {
    return this.timer.state;
  }

  async session(): Promise<MediaSession> {
    return await this.sessionState.current({
      timeoutMs: this.context.waits.answerMs,
      onTimeout: () =>
        this.context.waitTimeout({
          what: `offer and answer of its ${this.title}`,
          callId: this.callId,
          wait: "answerMs",
          check: "Check that the call was answered",
        }),
    });
  }

  async hangUp(): Promise<SipResponse> {
    await this.#mustBeUp("hang up");
    return await this.bye();
  }

  async hold(): Promise<SipResponse> {
    return await this.#reinvite("hold", () => this.localMedia.holdOffer());
  }

  async resume(): Promise<SipResponse> {
    return await this.#reinvite("resume", () => this.localMedia.resumeOffer());
  }

  async reinvite(options: ReinviteOptions = {}): Promise<SipResponse> {
    return await this.#reinvite("send a re-INVITE", () => this.#offerOf(options), options);
  }

  async update(options: ReinviteOptions = {}): Promise<SipResponse> {
    await this.#mustBeUp("send UPDATE", this.updatable());
    return await this.#renegotiation.update(() => this.#offerOf(options), options);
  }

  async request(method: string, options: RequestOptions = {}): Promise<Exchange> {
    await this.#mustBeUp(`send ${method}`);
    const exchange = this.#dialog.create(method, options);
    const offers = method === "UPDATE" && options.body !== undefined;
    return await this.#renegotiation.offering(exchange, offers ? this.localMedia.verbatim(options.body) : undefined);
  }

  async nextRequest(method: string, options: WaitForOptions = {}): Promise<SipRequest> {
    const awaited: Awaited = {
      what: `${method} in its ${this.title}`,
      callId: this.callId,
      wait: "answerMs",
      check: "Check that the other side sends it",
      ...options,
    };
    return await this.context.take(this.#requests, awaited, (request) => request.method === method);
  }

  async transfer(target: Phone | string, options: TransferOptions = {}): Promise<Transfer> {
    await this.#mustBeUp("transfer");
    return await this.#referrals.transfer(this.context.uriOf(target), options);
  }

  async transferTo(other: Call, options: TransferOptions = {}): Promise<Transfer> {
    await this.#mustBeUp("transfer");
    if (!(other instanceof CallLeg) || other.context !== this.context || other === this) {
      throw new UsageError(`${this.context.name} can only transfer to another call of its own`, {
        code: "ERR_TRANSFER_TARGET",
        details: { phone: this.context.name, callId: this.callId },
      });
    }
    await other.#mustBeUp("be transferred to", other.nameable());
    return await this.#referrals.transfer(replacesOf(await other.names()), options);
  }

  followTransfers(options: FollowOptions = {}): void {
    this.#referrals.follow(options);
  }

  get successor(): Call | undefined {
    return this.#referrals.successor;
  }

  /** Another call takes the place of this one, by Replaces; true: its script wants that to happen by itself. */
  succeedBy(call: Call): boolean {
    if (this.#referrals.follows) this.#referrals.successor = call;
    return this.#referrals.follows;
  }

  media(): MediaReport {
    return this.#audio.media.report();
  }

  async nextAudio(options: NextAudioOptions = {}): Promise<MediaReport> {
    await this.#mustBeUp("hear anything");
    return await this.#audio.nextAudio(options);
  }

  async listen({ ms }: { readonly ms?: number } = {}): Promise<MediaReport> {
    await this.#mustBeUp("listen");
    return await this.#audio.listen(ms);
  }

  play(source: AudioSource): void {
    this.#audio.media.play(source);
  }

  async sendDigits(digits: string, options: SendDigitsOptions = {}): Promise<void> {
    await this.#mustBeUp("send digits");
    await this.#audio.sendDigits(digits, options);
  }

  digits(): readonly ReceivedDigit[] {
    return this.#audio.media.digits;
  }

  async nextDigit(options: WaitForOptions = {}): Promise<ReceivedDigit> {
    return await this.#audio.nextDigit(options);
  }

  /** Takes a request that came within the call's dialog, or for a call that has none yet. */
  async handle(incoming: IncomingRequest): Promise<void> {
    if (incoming.byStack) {
      this.end();
      return;
    }
    const { request } = incoming;
    this.keep(request);
    switch (request.method) {
      case "ACK":
        this.#renegotiation.acknowledged(request);
        return;
      case "BYE":
        this.#hungUp = true;
        this.end();
        await incoming.respond(200);
        return;
      case "INVITE":
        await this.#renegotiation.reinvited(incoming);
        return;
      case "UPDATE":
        await this.#renegotiation.updated(incoming);
        return;
      case "NOTIFY":
        await this.#referrals.notified(incoming);
        return;
      case "REFER":
        await this.#referrals.referred(incoming);
        return;
      case "INFO":
        this.#audio.hear(request);
        await answerInBackground(incoming);
        return;
      default:
        await answerInBackground(incoming);
    }
  }

  /** Keeps a request of this call for whoever asks for it. */
  protected keep(request: SipRequest): void {
    this.#requests.put(request);
  }

  /** Sends BYE, in a call that may be half established. */
  protected async bye(): Promise<SipResponse> {
    this.end();
    return (await this.#dialog.send(this.#dialog.create("BYE", {}))).final;
  }

  protected end(): void {
    this.#ended = true;
    this.timer.stop();
    this.#audio.media.stop();
    this.#referrals.end();
  }

  /** From now on the call has a dialog, and its requests find it there. */
  protected enterDialog(dialogId: string | undefined): void {
    this.#dialog.dialogId = dialogId ?? this.#dialog.dialogId;
  }

  /** From now on the ACK of `invite` is due. */
  protected expectAck(invite: InviteServer): void {
    this.#renegotiation.expectAck(invite);
  }

  protected inviteServer(incoming: IncomingRequest): InviteServer {
    return new InviteServer(this.#sessionParts, incoming);
  }

  protected inviteParts(observer: Pick<InviteParts, "onResponse" | "onFailure">): InviteParts {
    return { ...this.#sessionParts, timer: this.timer, ...observer };
  }

  get #sessionParts(): InviteServerParts {
    return { context: this.context, media: this.localMedia, session: this.sessionState, contact: this.contact };
  }

  async #reinvite(action: string, offerOf: OfferOf, options?: RenegotiationOptions): Promise<SipResponse> {
    await this.#mustBeUp(action);
    return await this.#renegotiation.reinvite(offerOf, options);
  }

  #offerOf({ media, sdp }: ReinviteOptions): LocalSdp | undefined {
    this.localMedia.want(media);
    if (sdp === null) return undefined;
    return sdp === undefined ? this.localMedia.offer() : this.localMedia.verbatim(sdp);
  }

  async #mustBeUp(action: string, ready = this.established()): Promise<void> {
    await ready;
    if (!this.#ended) return;
    throw this.#over(action);
  }

  /** For whoever asks something of a call that is over: the other side's doing where that has hung up. */
  #over(action: string): UsageError | UnexpectedOutcomeError {
    const { name } = this.context;
    const details = { phone: name, callId: this.callId };
    return this.#hungUp
      ? new UnexpectedOutcomeError(`${name} cannot ${action}: the other side has hung up its ${this.title}`, {
          code: "ERR_HUNG_UP",
          details,
        })
      : new UsageError(`${name} cannot ${action}: its ${this.title} is over`, { code: "ERR_CALL_ENDED", details });
  }
}
