let jobs = 0;

function work() {
  jobs += 1;
  console.log(`worker: job ${jobs} is done`);
  if (Math.random() < 0.2) {
    console.error('worker: a bug strikes now and then; this is such a time');
    process.exit(1);
  }
}

setInterval(work, 2000);
