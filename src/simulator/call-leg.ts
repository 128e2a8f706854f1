import { UnexpectedOutcomeError, UsageError, asError } from "../core/errors.ts";
import { Inbox } from "../core/inbox.ts";
import type { AudioSource, MediaReport, ReceivedDigit } from "../media/index.ts";
import type { SipRequest, SipResponse } from "../sip/message/index.ts";
import type { NextAudioOptions, SendDigitsOptions } from "./audible-call.ts";
import { answerInBackground } from "./background.ts";
import { CallAudio } from "./call-audio.ts";
import type { Call, MediaSession, ReinviteOptions } from "./call.ts";
import { ClientExchange } from "./client-exchange.ts";
import { credentialsOf } from "./credentials-of.ts";
import { mergeHeaders } from "./header-values.ts";
import { InviteClient, type InviteParts } from "./invite-client.ts";
import { InviteServer } from "./invite-server.ts";
import { LocalMedia, sdpOf, type LocalSdp } from "./local-media.ts";
import { ALLOW, describeStatus, type Awaited, type PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, HeaderValues, Phone, RequestOptions, WaitForOptions } from "./phone.ts";
import { Referrals } from "./referrals.ts";
import { replacesOf, type DialogNames, type Replaced } from "./replaces.ts";
import { SessionState } from "./session-state.ts";
import { IN_DIALOG, type IncomingRequest } from "./signalling.ts";
import type { FollowOptions, Transfer, TransferOptions } from "./transfer.ts";

/** Final responses after which the dialog is gone whatever we think of it (RFC 3261 §12.2.1.2). */
const DIALOG_ENDING: ReadonlySet<number> = new Set([408, 481]);

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
  readonly #audio: CallAudio;
  readonly #referrals: Referrals;
  #dialogId: string | undefined;
  #ended = false;
  /** The other side sent BYE. */
  #hungUp = false;
  readonly #requests: Inbox<SipRequest>;
  /** Our own re-INVITE without a final response. */
  #inviting = false;
  /** The last INVITE we accepted: its ACK is due. */
  #accepted: InviteServer | undefined;

  constructor(context: PhoneContext, contact: string, credentials: CredentialOptions) {
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
  }

  /** Resolves when requests may be sent within the call. @throws what the call came to instead. */
  protected abstract established(): Promise<void>;

  /** Resolves when UPDATE may be sent: in an early dialog too. @throws what the call came to instead. */
  protected abstract updatable(): Promise<void>;

  /** What its dialog is called, once it is established. */
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
    return `${this.title} (${this.#dialogId === undefined ? "ringing" : "confirmed"})`;
  }

  get dialogId(): string | undefined {
    return this.#dialogId;
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
    return await this.#reinvite("send a re-INVITE", () => this.#offerOf(options), options.headers);
  }

  async update(options: ReinviteOptions = {}): Promise<SipResponse> {
    await this.#mustBeUp("send UPDATE", this.updatable());
    const offer = this.#offerOf(options);
    const headers = mergeHeaders({ Contact: this.contact, Allow: ALLOW }, sdpType(offer), options.headers);
    const exchange = this.#exchange("UPDATE", { headers, ...(offer ? { body: offer.text } : {}) });
    return (await this.#offering(exchange, offer)).final;
  }

  async request(method: string, options: RequestOptions = {}): Promise<Exchange> {
    await this.#mustBeUp(`send ${method}`);
    const exchange = this.#exchange(method, options);
    const offers = method === "UPDATE" && options.body !== undefined;
    return await this.#offering(exchange, offers ? this.localMedia.verbatim(options.body) : undefined);
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
    await other.#mustBeUp("be transferred to");
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
        this.#accepted?.acknowledged(request);
        return;
      case "BYE":
        this.#hungUp = true;
        this.end();
        await incoming.respond(200);
        return;
      case "INVITE":
        await this.#reinvited(incoming);
        return;
      case "UPDATE":
        await this.#updated(incoming);
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
    return (await this.#result(this.#exchange("BYE", {}))).final;
  }

  protected end(): void {
    this.#ended = true;
    this.#audio.media.stop();
    this.#referrals.end();
  }

  /** From now on the call has a dialog, and its requests find it there. */
  protected enterDialog(dialogId: string | undefined): void {
    this.#dialogId = dialogId ?? this.#dialogId;
  }

  /** From now on the ACK of `invite` is due. */
  protected expectAck(invite: InviteServer): void {
    this.#accepted = invite;
  }

  protected inviteServer(incoming: IncomingRequest): InviteServer {
    const { context, localMedia: media, contact, sessionState: session } = this;
    return new InviteServer({ context, media, session, contact }, incoming);
  }

  protected inviteParts(observer: Pick<InviteParts, "onResponse" | "onFailure">): InviteParts {
    return { context: this.context, media: this.localMedia, session: this.sessionState, ...observer };
  }

  async #reinvite(action: string, offerOf: () => LocalSdp | undefined, headers?: HeaderValues): Promise<SipResponse> {
    await this.#mustBeUp(action);
    const offer = offerOf();
    const client = new InviteClient(this.inviteParts({ onResponse: () => undefined, onFailure: () => undefined }), {
      uri: IN_DIALOG,
      ...this.#inDialog(),
      headers: () =>
        mergeHeaders({ Contact: this.contact, Allow: ALLOW }, this.context.profileHeaders, sdpType(offer), headers),
      credentials: this.credentials,
      check: "Check that the other side answers re-INVITEs",
      offer,
    });
    this.#inviting = true;
    try {
      return (await this.#result(client.exchange)).final;
    } finally {
      this.#inviting = false;
    }
  }

  #exchange(method: string, options: RequestOptions): ClientExchange {
    const { headers, body, contentType } = options;
    return new ClientExchange(this.context, {
      method,
      uri: IN_DIALOG,
      ...this.#inDialog(),
      headers: () => mergeHeaders(this.context.profileHeaders, typeOf(contentType), headers),
      ...(body === undefined ? {} : { body }),
      credentials: { ...this.credentials, ...credentialsOf(options) },
      check: "Check that the other side answers it",
    });
  }

  #offerOf({ media, sdp }: ReinviteOptions): LocalSdp | undefined {
    this.localMedia.want(media);
    if (sdp === null) return undefined;
    return sdp === undefined ? this.localMedia.offer() : this.localMedia.verbatim(sdp);
  }

  /** An UPDATE or any other request, with its offer if it has one. */
  async #offering(exchange: ClientExchange, offer: LocalSdp | undefined): Promise<Exchange> {
    if (!offer) return await this.#result(exchange);
    this.sessionState.offered("local", offer.session);
    try {
      const result = await this.#result(exchange);
      this.#settleUpdate(result.final);
      return result;
    } catch (error) {
      this.sessionState.failed(asError(error));
      throw error;
    }
  }

  async #result(exchange: ClientExchange): Promise<Exchange> {
    await exchange.start();
    const result = await exchange.result();
    if (DIALOG_ENDING.has(result.final.status)) this.end();
    return result;
  }

  #settleUpdate(final: SipResponse): void {
    if (final.isSuccess) this.sessionState.answered(sdpOf(final));
    else this.sessionState.failed(new UnexpectedOutcomeError(describeStatus(final), { code: "ERR_NO_SESSION" }));
  }

  /** Glare: our own re-INVITE is under way, so theirs is refused (RFC 3261 §14.2). */
  async #reinvited(incoming: IncomingRequest): Promise<void> {
    const server = this.inviteServer(incoming);
    if (this.#inviting) {
      await server.refuse(491, undefined);
      return;
    }
    await this.#answerOr488(incoming, async () => {
      await server.accept({});
      this.expectAck(server);
    });
  }

  async #updated(incoming: IncomingRequest): Promise<void> {
    await this.#answerOr488(incoming, async () => {
      const offer = sdpOf(incoming.request);
      const headers = { Contact: this.contact, Allow: ALLOW };
      if (!offer) {
        await incoming.respond(200, { headers });
        return;
      }
      if (this.sessionState.offerBy) {
        await this.#refuseOffer(incoming);
        return;
      }
      this.sessionState.offered("remote", offer);
      const answer = this.localMedia.answer(offer);
      await incoming.respond(200, { headers: mergeHeaders(headers, sdpType(answer)), body: answer.text });
      this.sessionState.answered(answer.session);
    });
  }

  /** One offer at a time: theirs meets ours, or another one of theirs (RFC 3311 §5.2). */
  async #refuseOffer(incoming: IncomingRequest): Promise<void> {
    if (this.sessionState.offerBy === "local") await incoming.respond(491);
    else await incoming.respond(500, { headers: { "Retry-After": String(this.context.ids.integer(11)) } });
  }

  /** An offer that cannot be read is refused, and the session stays (RFC 3261 §14.2). */
  async #answerOr488(incoming: IncomingRequest, answer: () => Promise<void>): Promise<void> {
    try {
      await answer();
    } catch (error) {
      this.sessionState.failed(asError(error));
      this.context.log.debug({ err: error }, "offer refused");
      await incoming.respond(488);
    }
  }

  #inDialog(): { dialogId?: string } {
    return this.#dialogId === undefined ? {} : { dialogId: this.#dialogId };
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

function sdpType(sdp: LocalSdp | undefined): HeaderValues {
  return sdp ? { "Content-Type": "application/sdp" } : {};
}

function typeOf(contentType: string | undefined): HeaderValues {
  return contentType === undefined ? {} : { "Content-Type": contentType };
}
