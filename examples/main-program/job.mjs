import { setTimeout as sleep } from 'node:timers/promises';

const parts = Number(process.env.PARTS ?? 3);
const failing = Number(process.env.FAILING ?? 3);

for (let part = 1; part <= parts; part += 1) {
  await sleep(1000);
  const result = part === failing ? 'failed' : 'is done';
  console.log(`part ${part} of ${parts} ${result}`);
  if (part === failing) process.exit(7);
}
