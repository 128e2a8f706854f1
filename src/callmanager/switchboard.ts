import type { Device, Line } from "../inventory/model.ts";
import { comparableHost, isSipUri, userOf, type SipRequest, type Uri } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Protocol } from "../sip/transport/index.ts";
import { Call } from "./call.ts";
import type { Appearance } from "./directory.ts";
import type { Fork, Onward } from "./fork.ts";
import type { Gate } from "./gate.ts";
import { legKey, type Leg } from "./leg.ts";
import { isOnLine, LineUsage } from "./line-usage.ts";
import type { Binding } from "./location-service.ts";
import { passing, permit, type MediaContext } from "./media-context.ts";
import { passOffer, type PassedOffer } from "./media-relay.ts";
import { respond } from "./messages.ts";
import { readInvite, readSession } from "./offers.ts";
import { OwnCall } from "./own-call.ts";
import type { CallKeeper, OngoingCall, SeekingCall } from "./ongoing-call.ts";
import type { CallAdmission } from "./policies/admit-call.ts";
import type { Route } from "./policies/route-call.ts";
import { isRefusal, type Refusal } from "./policies/ruling.ts";
import type { ServiceEffect } from "./policies/serve-request.ts";
import type { ServiceRequest } from "./policies/screen-request.ts";
import type { SessionTiming } from "./policies/time-session.ts";
import type { DialogTags } from "./replaces.ts";
import type { Services } from "./services.ts";
import { intervalsOf } from "./session-timer.ts";

/** A dialog, and the call that it is half of. */
export interface LegOfCall {
  readonly leg: Leg;
  readonly call: OngoingCall;
}

/** Whom a call looks for, and on whose behalf. */
export interface Dialling {
  readonly number: string | undefined;
  readonly local: boolean;
  /** Caller, or whoever diverted the call. */
  readonly searcher: Appearance;
}

/** A service URI that a phone sent an INVITE to, and the refusal where screening refused it. */
export interface Asked {
  readonly service: ServiceRequest;
  readonly refusal: Refusal | undefined;
}

/** A phone that a call may ring at, with the offer for it where it gets one early. */
interface Ringable {
  readonly binding: Binding;
  readonly early: PassedOffer | undefined;
}

/** Makes calls: finds who is called, counts, and keeps the dialogs of all calls apart. */
export class Switchboard implements CallKeeper {
  readonly usage: LineUsage;
  readonly #services: Services;
  readonly #gate: Gate;
  readonly #calls = new Set<OngoingCall>();
  readonly #legs = new Map<string, LegOfCall>();

  constructor(services: Services, gate: Gate) {
    this.#services = services;
    this.#gate = gate;
    this.usage = new LineUsage(services.policies);
  }

  get activeCalls(): number {
    return this.#calls.size;
  }

  /** The leg and call that a request in a dialog belongs to. */
  find({ request: { callId, toTag = "", fromTag = "" } }: ServerTransaction): LegOfCall | undefined {
    return this.findDialog({ callId, localTag: toTag, remoteTag: fromTag });
  }

  /** The same by the dialog's id; one without a remote tag yet is found under any. */
  findDialog({ callId, localTag, remoteTag }: DialogTags): LegOfCall | undefined {
    const found = this.#legs.get(legKey(callId, localTag));
    const known = found?.leg.dialog?.remoteTag;
    return known === undefined || known === remoteTag ? found : undefined;
  }

  /** The same where the other side's tag is known and that one, of an early dialog too (RFC 3891 §3). */
  findNamed({ callId, localTag, remoteTag }: DialogTags): LegOfCall | undefined {
    const found = this.#legs.get(legKey(callId, localTag));
    return found?.leg.remoteTag === remoteTag ? found : undefined;
  }

  /** Whether a phone has room for one call more that it makes. */
  admitsOutgoing(binding: Binding): CallAdmission | Refusal {
    return this.#services.policies.admitCall({ direction: "outgoing", ...this.#load(binding) });
  }

  /** An INVITE outside a dialog, from a phone that is known and may send it. */
  invite(transaction: ServerTransaction, binding: Binding, asked: Asked | undefined): void {
    const { request } = transaction;
    const read = readInvite(request);
    if (isRefusal(read)) {
      this.#gate.refuse(transaction, read);
      return;
    }
    const offer = read.outcome === "present" ? read.session : undefined;
    const admission = this.admitsOutgoing(binding);
    if (isRefusal(admission)) {
      this.#gate.refuse(transaction, admission);
      return;
    }
    if (asked) {
      this.#serve(transaction, binding, asked);
      return;
    }
    const timing = this.#timing(request, binding.device);
    if (isRefusal(timing)) {
      this.#gate.refuse(transaction, timing);
      return;
    }
    const call = new Call(this.#services, this, transaction, { binding, offer, timing });
    this.dial(call, { number: userOf(request.uri), local: this.isLocal(request.uri), searcher: binding });
  }

  #timing(request: SipRequest, device: Device): SessionTiming | Refusal {
    const { policies, directory } = this.#services;
    const intervals = intervalsOf(directory.lab.target, device);
    return policies.timeSession({ request, device, refresher: undefined, ...intervals });
  }

  redirect(call: SeekingCall, { binding }: Fork, { number, local, why }: Onward): void {
    call.diversions = [{ number: binding.line.directoryNumber, reason: why }, ...call.diversions];
    this.dial(call, { number, local, searcher: binding });
  }

  attach(leg: Leg, call: OngoingCall): void {
    this.#calls.add(call);
    this.#legs.set(leg.key, { leg, call });
    leg.onRelease(() => this.#legs.delete(leg.key));
    leg.keptBy({
      said: () => call.said(leg),
      expired: () => {
        call.clear("expired");
      },
    });
  }

  ended(call: OngoingCall): void {
    this.#calls.delete(call);
  }

  /** Ends the calls of a phone that is gone from `hostPort`, as `hostPortOf` writes it, without a word to it. */
  forget(hostPort: string, protocol: Protocol): void {
    for (const { leg, call } of [...this.#legs.values()]) {
      if (!leg.isAt(hostPort, protocol)) continue;
      leg.hungUp();
      call.clear();
    }
  }

  close(): void {
    for (const call of [...this.#calls]) call.clear();
    this.#legs.clear();
  }

  /** Whether the URI's host is a name of ours. */
  isLocal(uri: Uri): boolean {
    return isSipUri(uri) && this.#services.hosts.has(comparableHost(uri.host));
  }

  /** Looks for `number` and lets what it finds ring; tells the caller where nothing does. */
  dial(call: SeekingCall, dialling: Dialling): void {
    const route = this.#route(call, dialling);
    if (isRefusal(route)) {
      this.#refuse(call, route);
      return;
    }
    if (route.outcome === "own") {
      this.#answerOurselves(call);
      return;
    }
    call.diversions = [...route.diversions.toReversed(), ...call.diversions];
    const registered = route.targets.flatMap(({ device, line }) => this.#services.location.of(device, line));
    if (registered.length === 0) {
      if (!call.ringing) call.giveUp("not registered");
      return;
    }
    const rulings = registered.map((binding) =>
      this.#services.policies.admitCall({ direction: "incoming", ...this.#load(binding) }),
    );
    const free = registered.filter((_, index) => rulings[index]?.outcome === "admitted");
    if (free.length > 0) this.#ring(call, free);
    else this.#busy(call, route.targets, rulings.find(isRefusal));
  }

  #route(call: SeekingCall, { number, local, searcher }: Dialling): Route | Refusal {
    return this.#services.policies.routeCall({
      directory: this.#services.directory,
      number,
      local,
      searcher: searcher.device,
      line: searcher.line,
      diversions: call.diversions.length,
      invite: call.invite?.request,
      forwardAll: (appearance) => this.#services.features.forwardAll(appearance),
      conferences: this.#services.features.conferences,
    });
  }

  #answerOurselves(call: SeekingCall): void {
    const { device, line } = call.caller;
    const invite = call.withdraw();
    if (invite) new OwnCall(this.#services, this, invite, { device, line });
    else call.refuse(480, []);
  }

  /** Every appearance is busy: the call goes on to another number, or is refused (CAP-05). */
  #busy(call: SeekingCall, targets: readonly Appearance[], refusal: Refusal | undefined): void {
    const course = this.#services.policies.divertBusy({ targets });
    if (course.outcome === "diverted") {
      const { directoryNumber } = course.by.line;
      call.diversions = [{ number: directoryNumber, reason: "user-busy" }, ...call.diversions];
      this.dial(call, { number: course.number, local: true, searcher: course.by });
    } else if (refusal) {
      this.#refuse(call, refusal);
    }
  }

  #ring(call: SeekingCall, bindings: readonly Binding[]): void {
    const ringable = bindings.flatMap((binding) => this.#prepare(call, binding) ?? []);
    for (const { binding, early } of ringable) call.ring(binding, early);
    if (ringable.length === 0 && !call.ringing) call.giveUp(488);
  }

  /** Whether anything of the caller's offer may pass to the phone (VID-11), and the offer itself if it goes early. */
  #prepare(call: SeekingCall, binding: Binding): Ringable | undefined {
    const { policies } = this.#services;
    const { offer } = call;
    const placement = policies.placeOffer({ device: binding.device, offered: offer !== undefined });
    if (!offer) return { binding, early: undefined };
    const message = call.invite?.request;
    const context: MediaContext = { policies, phase: message ? "first" : "transfer", carrier: "INVITE", message };
    const media = call.newMedia(binding);
    if (placement.outcome === "early") {
      const early = passOffer(media, "caller", offer, context);
      return early && { binding, early };
    }
    const { outcome } = permit(context, passing(media, "caller", "offer", context), offer);
    return outcome === "nothing" ? undefined : { binding, early: undefined };
  }

  /** A service URI: what becomes of it, and what happens besides (EXT-01…05, EXT-15). */
  #serve(transaction: ServerTransaction, { device, line, ...binding }: Binding, { service, refusal }: Asked): void {
    const { request, flow: source } = transaction;
    const ringing = [...this.#calls].filter(({ calledLines }) => calledLines.length > 0);
    const question = { request, source, device, line, service, refusal, ringing };
    const served = this.#services.policies.serveRequest(question);
    for (const effect of served.effects ?? []) this.#bringAbout(effect, { device, line }, ringing);
    if (isRefusal(served)) {
      this.#gate.refuse(transaction, served);
      return;
    }
    if (served.outcome === "accepted") {
      new OwnCall(this.#services, this, transaction, { device, line });
      return;
    }
    const read = readSession(request);
    const call = ringing[served.ringing];
    const taken = read.outcome === "present" && call?.pickUp(transaction, { device, line, ...binding }, read.session);
    if (taken !== true) respond(this.#services, transaction, 503);
  }

  #bringAbout(effect: ServiceEffect, appearance: Appearance, ringing: readonly OngoingCall[]): void {
    const { features } = this.#services;
    if (effect.kind === "forward") features.setForwardAll(appearance, effect.number);
    else if (effect.kind === "conference") features.openConference(effect.number);
    else ringing[effect.ringing]?.clear();
  }

  #refuse(call: SeekingCall, { status, headers }: Refusal): void {
    if (!call.ringing) call.refuse(status, headers);
  }

  #load({ device, line }: { readonly device: Device; readonly line: Line }) {
    const calls = this.usage.on(device);
    const callsOnLine = calls.filter((call) => isOnLine(call, line)).length;
    return { device, line, callsOnLine, callsOnDevice: calls.length, calls };
  }
}
