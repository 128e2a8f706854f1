import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/**
 * Who may import whom: room → rooms. A room may always import itself. The table is the plan of docs/architecture.md;
 * change both together.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "sip/message": ["core"],
  "sip/transport": ["core", "sip/message"],
  "sip/transaction": ["core", "sip/message", "sip/transport"],
  "sip/dialog": ["core", "sip/message", "sip/transaction"],
  sip: ["core", "sip/message", "sip/transport", "sip/transaction", "sip/dialog"],
  sdp: ["core"],
  media: ["core", "sdp"],
  rules: ["core"],
  inventory: ["core", "sip/transport"],
  administration: ["core", "rules", "inventory"],
  results: ["core", "sip/message", "sip/transport"],
  drachtio: ["core", "sip", "sip/message", "sip/transport", "sip/transaction", "sip/dialog"],
  callmanager: [
    "core",
    "sip",
    "sip/message",
    "sip/transport",
    "sip/transaction",
    "sip/dialog",
    "sdp",
    "rules",
    "inventory",
    "administration",
  ],
  simulator: ["core", "sip/message", "sip/transport", "sdp", "media", "drachtio", "inventory", "results"],
  assertions: ["core", "sip/message", "sdp", "media", "results", "simulator"],
  diagnosis: ["core", "rules", "results", "sip/message"],
  reporters: ["core", "rules", "results", "diagnosis"],
  scenarios: [
    "core",
    "sip/message",
    "sip/transport",
    "sdp",
    "media",
    "rules",
    "inventory",
    "administration",
    "results",
    "drachtio",
    "callmanager",
    "simulator",
    "assertions",
    "diagnosis",
  ],
  selftest: ["core", "rules", "inventory", "results", "callmanager", "scenarios", "reporters"],
};

/** Rooms that see everything. */
const SEE_ALL = new Set(["cli", "index.ts"]);

/** Packages that only one file may import: the seam behind which they can be exchanged. */
const IN_ONE_FILE: Readonly<Record<string, string>> = { "drachtio-srf": "src/simulator/srf-endpoint.ts" };

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(resolve(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, resolve(entry.parentPath, entry.name)).split(sep).join("/"));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(resolve(ROOT, file), "utf8");
  const pattern = /^\s*(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gms;
  return [...text.matchAll(pattern)].map((match) => ({
    from: file,
    specifier: match[1] ?? match[2] ?? match[3] ?? "",
  }));
}

function roomOf(file: string): string {
  const path = file.replace(/^src\//, "");
  const deep = /^sip\/(message|transport|transaction|dialog)\//.exec(path);
  if (deep) return `sip/${deep[1] ?? ""}`;
  return path.includes("/") ? (path.split("/")[0] ?? "") : path;
}

function forbidden({ from, specifier }: Import): string | undefined {
  const only = IN_ONE_FILE[specifier];
  if (only !== undefined && only !== from) return `${from} imports ${specifier}, which only ${only} may`;
  if (!specifier.startsWith(".")) return undefined;
  const room = roomOf(from);
  const target = roomOf(
    relative(ROOT, resolve(ROOT, dirname(from), specifier))
      .split(sep)
      .join("/"),
  );
  if (room === target || SEE_ALL.has(room)) return undefined;
  if (MAY_IMPORT[room]?.includes(target)) return undefined;
  return `${from} imports ${specifier}: ${room} may not import ${target}`;
}

describe("architecture", () => {
  it("lets each room import only the rooms below it", () => {
    const broken = sourcesUnder("src").flatMap(importsOf).map(forbidden);
    expect(broken.filter((line) => line !== undefined)).to.deep.equal([]);
  });

  it("has a line in the table for each room there is", () => {
    const rooms = new Set(sourcesUnder("src").map(roomOf));
    const known = new Set([...Object.keys(MAY_IMPORT), ...SEE_ALL]);
    expect([...rooms].filter((room) => !known.has(room))).to.deep.equal([]);
  });

  it("lets scenario scripts import nothing but offhook", () => {
    const others = sourcesUnder("scenarios")
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier !== "offhook");
    expect(others).to.deep.equal([]);
  });

  it("keeps phones and call manager apart: they meet on a socket", () => {
    expect(MAY_IMPORT["simulator"]).not.to.include("callmanager");
    expect(MAY_IMPORT["callmanager"]).not.to.include("simulator");
  });
});
