// Validates OpenAPI descriptions (JSON or YAML), one after the other in one process: node validate.mjs FILE...
// Prints one line of JSON for each, and ends with status 1 when one of them is not valid.
import { Validator } from "@seriousme/openapi-schema-validator";

for (const file of process.argv.slice(2)) {
  const { valid, errors } = await new Validator().validate(file);
  console.log(JSON.stringify({ file, valid, errors }));
  if (!valid) process.exitCode = 1;
}
