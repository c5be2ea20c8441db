// Reads signed messages, one JSON object a line, and prints what the official library says of each: "ok" or an error.
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

const answers = [];
for await (const line of createInterface({ input: process.stdin })) {
  const { secret, body, headers } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers);
    answers.push("ok");
  } catch (error) {
    answers.push(error.message);
  }
}
process.stdout.write(JSON.stringify(answers));
