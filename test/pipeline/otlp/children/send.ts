// Sends one message to each endpoint of its arguments, which are options of OTLP as JSON, and prints how it went.
import { OtlpSender } from '../../../../src/pipeline/otlp/otlp-sender.js';
import { type OtlpSettings, otlpTarget } from '../../../../src/pipeline/otlp/otlp-target.js';

for (const text of process.argv.slice(2)) {
  const target = otlpTarget('traces', JSON.parse(text) as OtlpSettings, process.env, (_, message) =>
    console.log(message),
  );
  const sender = new OtlpSender(target!);
  const alive = setInterval(() => {}, 1000); // a sender does not keep the process alive
  console.log(JSON.stringify(await sender.send(Buffer.from('a message'))));
  clearInterval(alive);
  sender.close();
}
