import { admitConnection } from "../policies/admit-connection.ts";
import { placeOffer } from "../policies/place-offer.ts";
import { wordChallenge } from "../policies/word-challenge.ts";
import type { Variant } from "./variant.ts";

/** Every variant of the catalogue. Names are unique, also among the defects. */
export const variants: readonly Variant[] = [
  {
    name: "has-no-tls-port",
    title: "does not listen on TLS",
    legalBecause: "TLS-01 accepts that nobody listens there",
    policies: {
      admitConnection: (question) =>
        question.protocol === "tls"
          ? { outcome: "closed", rules: [], reason: "TLS is not offered" }
          : admitConnection(question),
    },
  },
  {
    name: "offers-qop-auth",
    title: "challenges with qop=auth",
    legalBecause: "RFC 3261 §22.4 allows qop; REG-02 is observed only",
    policies: {
      wordChallenge: (question) => {
        const wording = wordChallenge(question);
        const headers = wording.headers.map(([name, value]) => [name, `${value}, qop="auth"`] as const);
        return { ...wording, headers };
      },
    },
  },
  {
    name: "offers-early",
    title: "makes its offer in the INVITE to every phone",
    legalBecause: "RFC 3261 §13.2.1 leaves it to the UAC; CAL-07 asks for delayed offer by should only",
    policies: {
      placeOffer: (question) =>
        question.offered ? { outcome: "early", rules: [], reason: "early offer to every phone" } : placeOffer(question),
    },
  },
];
