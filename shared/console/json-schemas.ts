import { AccountsFile } from "../broker/accounts-file.ts";
import { BoardDescription } from "./board-description.ts";
import { PenstockConfig } from "./penstock-config.ts";
import { schemaDocument } from "./schema-document.ts";

/** The JSON Schema documents of all configuration files, by file name: what the build puts out for editors. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const documents = [
    ["penstock.schema.json", "Penstock board configuration", PenstockConfig],
    ["board.schema.json", "Penstock board description", BoardDescription],
    ["accounts.schema.json", "Penstock broker accounts", AccountsFile],
  ] as const;
  return Object.fromEntries(documents.map(([file, title, schema]) => [file, schemaDocument(file, title, schema)]));
}
