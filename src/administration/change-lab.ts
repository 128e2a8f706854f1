import {
  PHONE_PARAMETERS,
  SERVICE_URIS,
  STANDARD_PHONE_PROFILE,
  STANDARD_SECURITY_PROFILE,
  STANDARD_SIP_PROFILE,
  type Device,
  type Lab,
  type Line,
  type PhoneSecurityProfile,
  type Place,
  type SipProfile,
  type User,
} from "../inventory/index.ts";
import type {
  LineChange,
  LineName,
  NewLine,
  NewPhone,
  PhoneChange,
  PhoneUpdate,
  ProfileChange,
  ProvisioningChange,
  SipProfileUpdate,
  UserChange,
} from "./change.ts";
import { phoneDefaults, type PhoneDefaults } from "./phone-defaults.ts";

/** Where things stand that no file names. */
const MADE: Place = { file: "(administration)", line: 1, column: 1 };

/**
 * The lab as a change makes it, whether or not a call manager would take it. What the change does not touch stays the
 * same object; a change of something that is not there changes nothing.
 * @param defaults what a new phone or line gets where the change says nothing.
 */
export function changeLab(lab: Lab, change: ProvisioningChange, defaults = phoneDefaults): Lab {
  switch (change.kind) {
    case "add-user":
    case "remove-user":
    case "set-credentials":
      return changeUsers(lab, change);
    case "add-security-profile":
    case "set-digest-authentication":
    case "add-sip-profile":
    case "update-sip-profile":
      return changeProfiles(lab, change);
    case "add-phone":
    case "remove-phone":
    case "update-phone":
    case "set-licence-units":
      return changePhones(lab, change, defaults);
    case "associate-line":
    case "disassociate-line":
    case "update-line":
      return changeLines(lab, change, defaults);
  }
}

/** The device of that name. */
export function findPhone(lab: Pick<Lab, "devices">, name: string): Device | undefined {
  return lab.devices.find((device) => device.name === name);
}

/** The line of that number and partition. */
export function findLine(lines: readonly Line[], { directoryNumber, partition = "" }: LineName): Line | undefined {
  return lines.find((line) => line.directoryNumber === directoryNumber && line.partition === partition);
}

function changeUsers(lab: Lab, change: UserChange): Lab {
  const users = new Map(lab.users);
  if (change.kind === "remove-user") {
    users.delete(change.id);
    const devices = lab.devices.map((device) =>
      device.associatedUser === change.id ? without(device, "associatedUser") : device,
    );
    return { ...lab, users, devices };
  }
  const password = change.password ?? undefined;
  const user: User = { id: change.id, place: MADE, ...(password === undefined ? {} : { password }) };
  if (change.kind === "add-user" || users.has(change.id)) users.set(change.id, user);
  return { ...lab, users };
}

function changeProfiles(lab: Lab, change: ProfileChange): Lab {
  const { name } = change;
  if (change.kind === "add-security-profile" || change.kind === "set-digest-authentication") {
    const { digestAuthentication } = change;
    const made: PhoneSecurityProfile = { name, digestAuthentication, standard: false, place: MADE };
    const profile = change.kind === "add-security-profile" ? made : lab.securityProfiles.get(name);
    if (!profile) return lab;
    return linked({
      ...lab,
      securityProfiles: new Map([...lab.securityProfiles, [name, { ...profile, digestAuthentication }]]),
    });
  }
  const profile =
    change.kind === "add-sip-profile" ? { ...STANDARD_SIP_PROFILE, name, place: MADE } : lab.sipProfiles.get(name);
  if (!profile) return lab;
  return linked({ ...lab, sipProfiles: new Map([...lab.sipProfiles, [name, updated(profile, change.settings)]]) });
}

function updated(profile: SipProfile, { serviceUris, phoneParameters, ...own }: SipProfileUpdate): SipProfile {
  return {
    ...profile,
    ...own,
    serviceUris: { ...SERVICE_URIS, ...profile.serviceUris, ...serviceUris },
    phoneParameters: { ...PHONE_PARAMETERS, ...profile.phoneParameters, ...phoneParameters },
  };
}

/** Lets each device have the profiles as they are now. */
export function linked(lab: Lab): Lab {
  const devices = lab.devices.map((device) => {
    const securityProfile = lab.securityProfiles.get(device.securityProfile.name) ?? STANDARD_SECURITY_PROFILE;
    const sipProfile = lab.sipProfiles.get(device.sipProfile.name) ?? STANDARD_SIP_PROFILE;
    const same = securityProfile === device.securityProfile && sipProfile === device.sipProfile;
    return same ? device : { ...device, securityProfile, sipProfile };
  });
  return { ...lab, devices };
}

function changePhones(lab: Lab, change: PhoneChange, defaults: (type: Device["type"]) => PhoneDefaults): Lab {
  switch (change.kind) {
    case "add-phone":
      return { ...lab, devices: [...lab.devices, newPhone(lab, change.phone, defaults(change.phone.type))] };
    case "remove-phone":
      return { ...lab, devices: lab.devices.filter(({ name }) => name !== change.phone) };
    case "update-phone":
      return withDevice(lab, change.phone, (device) => configured(lab, device, change.settings));
    case "set-licence-units":
      return withLicenceUnits(lab, change.units ?? undefined);
  }
}

export function withLicenceUnits(lab: Lab, units: number | undefined): Lab {
  const copy = { ...lab, ...(units === undefined ? {} : { licenceUnits: units }) };
  if (units === undefined) Reflect.deleteProperty(copy, "licenceUnits");
  return copy;
}

function newPhone(lab: Lab, phone: NewPhone, defaults: PhoneDefaults): Device {
  const { name, type, wireless = false, lines, ...settings } = phone;
  const bare: Device = {
    name,
    type,
    wireless,
    sharedDigestUserIntended: false,
    securityProfile: STANDARD_SECURITY_PROFILE,
    sipProfile: STANDARD_SIP_PROFILE,
    phoneProfile: STANDARD_PHONE_PROFILE,
    lines: lines.map((line) => newLine(lab, line, defaults)),
    ...defaults.device,
    place: MADE,
  };
  return configured(lab, bare, settings);
}

function configured(lab: Lab, device: Device, settings: PhoneUpdate): Device {
  const { digestUser, associatedUser, securityProfile, sipProfile, ...checkBoxes } = settings;
  let after: Device = {
    ...device,
    ...checkBoxes,
    securityProfile: lab.securityProfiles.get(securityProfile ?? "") ?? device.securityProfile,
    sipProfile: lab.sipProfiles.get(sipProfile ?? "") ?? device.sipProfile,
  };
  if (digestUser !== undefined) after = digestUser === null ? without(after, "digestUser") : { ...after, digestUser };
  if (associatedUser === undefined) return after;
  return associatedUser === null ? without(after, "associatedUser") : { ...after, associatedUser };
}

function without(device: Device, key: "digestUser" | "associatedUser"): Device {
  const copy = { ...device };
  Reflect.deleteProperty(copy, key);
  return copy;
}

function changeLines(lab: Lab, change: LineChange, defaults: (type: Device["type"]) => PhoneDefaults): Lab {
  const device = findPhone(lab, change.phone);
  if (!device) return lab;
  if (change.kind === "associate-line") {
    const line = newLine(lab, change.line, defaults(device.type));
    const unassociatedLines = lab.unassociatedLines.filter((other) => findLine([other], change.line) === undefined);
    return withLines({ ...lab, unassociatedLines }, device, [...device.lines, line]);
  }
  const line = findLine(device.lines, change.line);
  if (!line) return lab;
  if (change.kind === "disassociate-line") {
    const rest = device.lines.filter((other) => other !== line);
    return withLines({ ...lab, unassociatedLines: [...lab.unassociatedLines, line] }, device, rest);
  }
  const after = { ...line, ...change.settings };
  return withLines(
    lab,
    device,
    device.lines.map((other) => (other === line ? after : other)),
  );
}

function newLine(lab: Lab, wanted: NewLine, { line: standard }: PhoneDefaults): Line {
  const { directoryNumber, partition = "", ...values } = wanted;
  const kept = findLine(lab.unassociatedLines, wanted);
  const maxCalls = values.maxCalls ?? kept?.maxCalls ?? standard.maxCalls;
  const busyTrigger = Math.min(standard.busyTrigger, maxCalls);
  return {
    shared: false,
    forwards: {},
    busyTrigger,
    place: MADE,
    ...kept,
    directoryNumber,
    partition,
    ...values,
    maxCalls,
  };
}

function withLines(lab: Lab, device: Device, lines: readonly Line[]): Lab {
  return withDevice(lab, device.name, (before) => ({ ...before, lines }));
}

function withDevice(lab: Lab, name: string, change: (device: Device) => Device): Lab {
  return { ...lab, devices: lab.devices.map((device) => (device.name === name ? change(device) : device)) };
}
