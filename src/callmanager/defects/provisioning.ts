import { comparableHost, isSipUri } from "../../sip/message/index.ts";
import { admitCaller } from "../policies/admit-caller.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import { identifyDevice } from "../policies/identify-device.ts";
import { routeCall } from "../policies/route-call.ts";
import { refused } from "./craft.ts";
import type { Defect } from "./defect.ts";

/** What phones are set up with, and whom they reach by it (PRV-08…PRV-10). */
export const provisioningDefects: readonly Defect[] = [
  {
    name: "refuses-names-of-its-own",
    rule: "PRV-08",
    title: "knows itself by its address and by no name",
    policies: {
      admitRegistration: (question) => {
        const hosts = new Set([...question.settings.hosts].filter((host) => /^[\d.:]+$/.test(host)));
        return admitRegistration({ ...question, settings: { ...question.settings, hosts } });
      },
    },
  },
  {
    name: "is-everybodys-registrar",
    rule: "PRV-08",
    title: "registers phones that call for another registrar",
    policies: {
      admitRegistration: (question) => {
        const host = isSipUri(question.requestUri) ? [question.requestUri.host] : [];
        return admitRegistration({ ...question, settings: { ...question.settings, hosts: new Set(host) } });
      },
    },
  },
  {
    name: "is-registrar-of-every-host-below-its-name",
    rule: "PRV-08",
    title: "registers phones that call for a host whose name ends like its own",
    policies: {
      admitRegistration: (question) => {
        const { requestUri, settings } = question;
        const host = isSipUri(requestUri) ? comparableHost(requestUri.host) : "";
        const below = [...settings.hosts].some((own) => /[a-z]/.test(own) && host.endsWith(`.${own}`));
        const hosts = below ? new Set([...settings.hosts, host]) : settings.hosts;
        return admitRegistration({ ...question, settings: { ...settings, hosts } });
      },
    },
  },
  {
    name: "refuses-the-default-sip-profile",
    rule: "PRV-09",
    title: "registers no device that has the standard SIP profile",
    policies: {
      identifyDevice: (question) => {
        const identity = identifyDevice(question);
        return "device" in identity && identity.device.sipProfile.name === "standard" ? refused(404) : identity;
      },
    },
  },
  {
    name: "lets-phones-of-the-default-sip-profile-not-call",
    rule: "PRV-09",
    title: "registers devices with the standard SIP profile and refuses their calls",
    policies: {
      admitCaller: (question) => {
        const caller = admitCaller(question);
        return "binding" in caller && caller.binding.device.sipProfile.name === "standard" ? refused(403) : caller;
      },
    },
  },
  {
    name: "ignores-search-spaces",
    rule: "PRV-10",
    title: "finds every number from every device",
    policies: {
      routeCall: (question) => {
        const everything = question.directory.appearances(question.number ?? "").map(({ line }) => line.partition);
        return routeCall({ ...question, searcher: { ...question.searcher, callingSearchSpace: everything } });
      },
    },
  },
  {
    name: "looks-into-the-first-partition-only",
    rule: "PRV-10",
    title: "finds a number in two partitions always in the one that was made first",
    policies: {
      routeCall: (question) => {
        const [first] = question.directory.appearances(question.number ?? "");
        const callingSearchSpace = first && [first.line.partition];
        return routeCall(
          callingSearchSpace ? { ...question, searcher: { ...question.searcher, callingSearchSpace } } : question,
        );
      },
    },
  },
];
