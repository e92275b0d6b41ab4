/** The least that a Node program can do: `node least.cjs COUNT COMMAND ARG…` keeps COUNT processes running. */
const { spawn } = require('node:child_process');

const [count, command, ...args] = process.argv.slice(2);
const children = new Set();
let stopping = false;

function start() {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.add(child);
  child.on('exit', () => {
    children.delete(child);
    if (!stopping) start();
    else if (children.size === 0) process.exit(0);
  });
}

process.on('SIGTERM', () => {
  stopping = true;
  for (const child of children) child.kill();
});
for (let started = 0; started < Number(count); started++) start();
