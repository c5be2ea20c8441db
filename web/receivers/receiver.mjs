// A webhook receiver: verifies, echoes the challenge, answers at once. Node alone, with verify.mjs beside it:
// `QAMQOR_SECRET=whsec_… node receiver.mjs 8090`.
import { createServer } from "node:http";
import { verified } from "./verify.mjs";

const secret = process.env.QAMQOR_SECRET;
if (!secret) throw new Error("set QAMQOR_SECRET");
const seen = new Set(); // of the last messages, in your database

function answer(response, status, body) {
  response.writeHead(status, body === undefined ? {} : { "content-type": "application/json" });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  let message;
  try {
    message = verified(request.headers, Buffer.concat(parts), secret); // before any parser
  } catch (error) {
    console.log("refused:", error.message); // not ours, tampered with, or older than five minutes
    return answer(response, 401);
  }
  if (message.type === "subscription.verification") {
    console.log("asked to echo");
    return answer(response, 200, { challenge: message.data.challenge });
  }
  const id = request.headers["webhook-id"];
  if (!seen.has(id)) {
    seen.add(id); // a message may come twice
    console.log(message.type, JSON.stringify(message.data));
  }
  return answer(response, 204); // first note it, then answer, then work: within 15 seconds
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  console.log(`listening at http://127.0.0.1:${server.address().port}/`);
});
