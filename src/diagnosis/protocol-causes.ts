import { causeRows, toldIn, type CauseRow } from "./cause-row.ts";

/** Causes by status alone, for answers that say themselves what they miss. */
export const PROTOCOL_CAUSES: readonly CauseRow[] = causeRows({
  "bad-request": {
    applies: ({ status }) => status === 400,
    cause: "The call manager could not read the request, or misses something in it; Warning may say what.",
    look: "The request in the messages, first To, From and Contact. With To and From of different numbers a REGISTER is refused so too.",
  },
  "method-unknown": {
    applies: ({ status }) => status === 405 || status === 501,
    cause: ({ method }) => `${method} is not taken from this phone, or not here.`,
    look: "Allow of the answer; the device type and the SIP profile.",
  },
  "body-refused": {
    applies: ({ status }) => status === 406 || status === 415,
    cause: "The kind of body, or what the phone accepts in return, is not known there.",
    look: "Content-Type and Accept of the request against Accept of the answer. Cisco's own types are refused to third-party phones.",
  },
  "scheme-refused": {
    applies: ({ status }) => status === 416,
    cause: "The URI's scheme (sips, tel) is not taken.",
    look: "How the phone dials: sip:number@call-manager.",
  },
  "extension-unknown": {
    applies: ({ status }) => status === 420,
    cause: (facts) => `The request requires an extension that is not supported${toldIn(facts, "Unsupported")}.`,
    look: "The phone's Require header; SIP profile settings for PRACK (SIP Rel1XX Options) and session timers.",
  },
  "extension-wanted": {
    applies: ({ status }) => status === 421,
    cause: "The call manager requires an extension that the phone did not offer.",
    look: "Require of the answer; the SIP profile's settings for PRACK, session timer, preconditions.",
  },
  "session-interval-small": {
    applies: ({ status }) => status === 422,
    cause: (facts) => `The session timer asked for is too short${toldIn(facts, "Min-SE")}.`,
    look: "System › Service Parameters › SIP Min-SE Value, and the phone's session timer.",
  },
  "dialog-unknown": {
    applies: ({ status }) => status === 481,
    cause:
      "The call manager does not know this call or transaction: it ended meanwhile, or tags and Call-ID are not the ones it gave.",
    look: "A BYE that crossed on the wire; a node that was changed or restarted; something between that rewrites tags or Call-ID.",
  },
  "request-loops": {
    applies: ({ status }) => status === 482 || status === 483,
    cause: "The request ran in a circle: it came back to where it had been.",
    look: "Route patterns and trunks that point at each other; call forwards in a circle; names that resolve to the wrong node.",
  },
  "event-unknown": {
    applies: ({ status }) => status === 489,
    cause: "This event package is not offered to the phone.",
    look: "Allow-Events of the answer. Dialog subscriptions are refused to third-party phones.",
  },
  "timed-out-beyond": {
    applies: ({ status }) => status === 408 || status === 504,
    cause: "The call manager itself waited in vain for somebody further on.",
    look: "The server, trunk or directory behind it; name resolution on the node.",
  },
  "gateway-trouble": {
    applies: ({ status }) => status === 502,
    cause: "What stands behind the call manager answered with something it could not use.",
    look: "The trunk's or gateway's own trace.",
  },
  "too-large": {
    applies: ({ status }) => status === 513,
    cause: "The message is too large for the call manager.",
    look: "Codecs and candidates in the offer; System › Service Parameters › SIP Max Incoming Message Size.",
  },
  "server-error": {
    applies: ({ status }) => status === 500,
    cause: "The call manager met an error of its own; what the phone sent may have caused it.",
    look: "Its trace for this Call-ID, alarms in RTMT, core files.",
  },
});
