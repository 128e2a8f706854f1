export type { MediaReport, ReceivedDigit, StreamReport } from "../media/index.ts";
export type { AudibleCall, NextAudioOptions, SendDigitsOptions } from "./audible-call.ts";
export type { Call, IncomingCall, MediaSession, OutgoingCall, ReinviteOptions } from "./call.ts";
export { createPhone, createSharedPhone, type PhoneOptions, type PhoneTarget } from "./create-phone.ts";
export type { PhoneTls } from "./phone-tls.ts";
export { SharedDrachtio } from "./shared-drachtio.ts";
export { NOT_AVAILABLE } from "./not-available.ts";
export type {
  CallOptions,
  CredentialOptions,
  Exchange,
  HeaderValues,
  NextInviteOptions,
  OutOfDialogOptions,
  OverTlsOptions,
  Phone,
  RegisterOptions,
  Registration,
  RequestOptions,
  SdpSeen,
  SimulatedPhone,
  TlsOutcome,
  WaitForOptions,
} from "./phone.ts";
export type { SessionTimerOptions, SessionTimerState } from "./session-timer.ts";
export type { SubscribeOptions, Subscription } from "./subscription.ts";
export type { FollowOptions, Transfer, TransferOptions } from "./transfer.ts";
export type { Trace, TracedMessage, TraceMark, TraceNote } from "./trace.ts";
export type { Address, TapEntry, WireControls } from "./wire.ts";
