// Reads AsyncAPI documents from the files named, and prints what an independent parser says of
// each as one line of JSON. A warning counts: severity 0 is an error, 1 a warning, 2 information.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
for (const file of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(readFileSync(file, "utf8"), { source: file });
  const wrong = diagnostics.filter(({ severity }) => severity <= 1);
  console.log(
    JSON.stringify({
      file,
      channels: document?.channels().length ?? 0,
      operations: document?.operations().length ?? 0,
      wrong: wrong.map(({ code, message, path }) => `${path.join("/")}: ${message} (${code})`),
    }),
  );
}
