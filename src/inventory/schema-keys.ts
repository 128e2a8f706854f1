import type { Path } from "./lab-source.ts";
import { labSchema } from "./schema.ts";

/** The parts of a JSON Schema that say which keys a mapping may have. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

/** Names of the keys that the mapping at `path` of a lab file may have; empty where they are the user's own. */
export function keysAt(path: Path): readonly string[] {
  let schemas: readonly Schema[] = [labSchema()];
  for (const step of path) schemas = schemas.flatMap((schema) => alternatives(child(schema, step)));
  return schemas.flatMap((schema) => Object.keys(schema.properties ?? {}));
}

function child(schema: Schema, step: PropertyKey): Schema | undefined {
  const next =
    typeof step === "number" ? schema.items : (schema.properties?.[String(step)] ?? schema.additionalProperties);
  return typeof next === "object" ? next : undefined;
}

function alternatives(schema: Schema | undefined): readonly Schema[] {
  return schema === undefined ? [] : (schema.anyOf ?? [schema]);
}
