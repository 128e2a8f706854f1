import { admitRegistration } from "../policies/admit-registration.ts";
import type { Defect } from "./defect.ts";

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
