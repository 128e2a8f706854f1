import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { parse } from "yaml";
import { labSchema } from "../../src/inventory/index.ts";

describe("JSON Schema of lab files", () => {
  const validate = new Ajv2020({ strict: false }).compile(labSchema());

  it("is draft 2020-12", () => {
    expect(labSchema()).to.include({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "offhook lab file",
    });
  });

  it("accepts the built-in lab", () => {
    const lab = new URL("../../scenarios/reference.lab.yaml", import.meta.url);
    expect(validate(parse(readFileSync(lab, "utf8"))), JSON.stringify(validate.errors)).to.equal(true);
  });

  it("accepts a file that leaves all defaults", () => {
    expect(validate({})).to.equal(true);
  });

  for (const [what, file] of [
    ["an unknown key", { devises: {} }],
    ["an unknown key of a device", { devices: { d: { type: "basic", lines: [1], wirless: true } } }],
    ["a device without lines", { devices: { d: { type: "basic" } } }],
    ["an unknown type", { devices: { d: { type: "basik", lines: [1] } } }],
    ["a payload type that is not dynamic", { sipProfiles: { p: { telephoneEventPayloadType: 95 } } }],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(validate(file)).to.equal(false);
    });
  }

  it("describes the keys, so that an editor can tell what they are", () => {
    const { properties } = labSchema() as { properties: Record<string, { description?: string }> };
    for (const [key, schema] of Object.entries(properties)) expect(schema.description, key).to.be.a("string");
  });
});
