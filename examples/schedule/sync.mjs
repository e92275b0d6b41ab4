import { setTimeout as sleep } from 'node:timers/promises';

const parts = Number(process.env.PARTS ?? 3);

// The part that has been begun is done; the rest is for the next run.
let isStopping = false;
process.once('SIGTERM', () => {
  isStopping = true;
});

for (let part = 1; part <= parts && !isStopping; part += 1) {
  await sleep(1000);
  console.log(`part ${part} of ${parts} is done`);
}
