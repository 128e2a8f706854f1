import { Directory } from "../../../src/callmanager/directory.ts";
import { parseLab, type Device, type Lab, type Line } from "../../../src/inventory/index.ts";

const LAB = `
target: { embedded: true, host: 127.0.0.1, names: [cm.example.com] }
users:
  swhite: { password: s3cret-1002 }
  bgreen: { password: pw-1003 }
  cblack: { password: pw-2001 }
  dgrey: { password: pw-2101 }
  nophone: { password: pw }
  twophones: { password: pw }
  nopassword: {}
  cisco: { password: pw-1050 }
  cisco2: { password: pw-1051 }
  "1000": { password: pw1000 }
  p1: { password: pw }
  p2: { password: pw }
  p3: { password: pw }
  s1: { password: pw }
  s2: { password: pw }
  early: { password: pw }
partitions: [inner, outer]
securityProfiles:
  digest: { digestAuthentication: true }
sipProfiles:
  renamed: { serviceUris: { callPickup: pick-me } }
  early: { earlyOffer: true }
devices:
  basic1: { type: basic, digestUser: swhite, securityProfile: digest, lines: [{ number: "1002", pickupGroup: "77" }] }
  basic2: { type: basic, digestUser: bgreen, lines: [{ number: "1003", pickupGroup: "77" }] }
  basic3: { type: basic, digestUser: nopassword, securityProfile: digest, lines: ["1004"] }
  basic4: { type: basic, digestUser: "1000", sipProfile: renamed, lines: ["1000"] }
  early: { type: basic, digestUser: early, sipProfile: early, lines: ["1005"] }
  shared1: { type: basic, digestUser: twophones, sharedDigestUser: intended, lines: ["1101"] }
  shared2: { type: basic, digestUser: twophones, sharedDigestUser: intended, lines: ["1102"] }
  advanced1: { type: advanced, digestUser: cblack, lines: ["2001", "2002"] }
  advanced2: { type: advanced, digestUser: dgrey, sipProfile: early, lines: ["2101"] }
  cisco1: { type: cisco-7961, digestUser: cisco, lines: [{ number: "1050", pickupGroup: "77" }] }
  cisco2: { type: cisco-7961, digestUser: cisco2, callingSearchSpace: [inner], lines: ["1051"] }
  inner: { type: basic, digestUser: p1, callingSearchSpace: [inner], lines: [{ number: "3000", partition: inner }] }
  outer: { type: basic, digestUser: p2, callingSearchSpace: [outer], lines: [{ number: "3000", partition: outer }] }
  forwarding:
    type: basic
    digestUser: p3
    lines: [{ number: "3100", forwards: { all: "1003" } }]
  sharing1: { type: basic, digestUser: s1, lines: [{ number: "3200", shared: true, forwards: { busy: "1003" } }] }
  sharing2: { type: basic, digestUser: s2, lines: [{ number: "3200", shared: true, forwards: { busy: "1003" } }] }
`;

/** A lab with a device for each case that the policies tell apart. */
export function testLab(): Lab {
  return parseLab(LAB, "callmanager-test.lab.yaml", { env: {} });
}

export const directory = new Directory(testLab());

export function device(name: string): Device {
  const found = directory.lab.devices.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no device ${name} in the test lab`);
  return found;
}

export function firstLine(of: Device): Line {
  const [line] = of.lines;
  if (!line) throw new Error(`${of.name} has no line`);
  return line;
}
