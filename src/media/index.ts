export type { AudioSource } from "./audio-frames.ts";
export { CallMedia, type CallMediaListener, type ReceivedDigit } from "./call-media.ts";
export { readDigits, type DigitOptions } from "./event-sender.ts";
export { readInfoDigit, writeInfoDigit, type InfoDigit, type InfoDigitType } from "./info-digits.ts";
export { MediaEndpoint, type MediaEndpointOptions } from "./media-endpoint.ts";
export type { MediaNetwork, MediaSocket } from "./media-network.ts";
export { describeStream, reportSince, type MediaReport, type Received, type StreamReport } from "./media-report.ts";
export type { Negotiated } from "./stream-plan.ts";
