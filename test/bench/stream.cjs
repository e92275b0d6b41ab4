/** A program's output by a plain stream: `node stream.cjs FILE COMMAND` appends to the file, without rotation, and stays. */
const { spawn } = require('node:child_process');
const { createWriteStream } = require('node:fs');

const [file, command] = process.argv.slice(2);
const [program, ...args] = command.split(' ');
spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.pipe(createWriteStream(file));
setInterval(() => undefined, 60_000);
