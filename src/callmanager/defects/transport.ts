import { parseNameAddr } from "../../sip/message/index.ts";
import { admitRegistration, type RegistrationQuestion } from "../policies/admit-registration.ts";
import type { Defect } from "./defect.ts";

function withoutTransport(contacts: RegistrationQuestion["contacts"]): RegistrationQuestion["contacts"] {
  if (contacts === "*") return contacts;
  return contacts.map(({ uriText }) => parseNameAddr(`<${uriText.replace(/;transport=tls/i, "")}>`));
}

export const transportDefects: readonly Defect[] = [
  {
    name: "accepts-tls",
    rule: "TLS-01",
    title: "registers third-party phones over TLS",
    policies: {
      admitConnection: ({ protocol }) => ({ outcome: "anyone", rules: [], reason: `${protocol} is for every phone` }),
      admitRegistration: (question) => admitRegistration({ ...question, protocol: "tcp" }),
    },
  },
  {
    name: "accepts-tls-of-phones-that-say-so",
    rule: "TLS-01",
    title: "registers third-party phones over TLS whose Contact asks for it",
    policies: {
      admitConnection: ({ protocol }) => ({ outcome: "anyone", rules: [], reason: `${protocol} is for every phone` }),
      admitRegistration: (question) =>
        /transport=tls/i.test(question.request.get("Contact") ?? "")
          ? admitRegistration({ ...question, protocol: "tcp", contacts: withoutTransport(question.contacts) })
          : admitRegistration(question),
    },
  },
  {
    name: "registers-over-tls-with-a-trusted-certificate",
    rule: "TLS-03",
    title: "registers third-party phones over TLS that show a trusted certificate",
    policies: {
      admitRegistration: (question) => admitRegistration({ ...question, protocol: "tcp" }),
    },
  },
  {
    name: "opens-tls-sessions-without-a-certificate",
    rule: "TLS-02",
    title: "takes TLS connections of phones that show no certificate",
    policies: {
      admitConnection: ({ protocol }) => ({ outcome: "anyone", rules: [], reason: `${protocol} is for every phone` }),
    },
  },
];
