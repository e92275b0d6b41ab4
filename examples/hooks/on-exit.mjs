// Runs for each event: its fields are in INITVISOR_EVENT_* variables, and all of it is on stdin as JSON.
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { time, group, process: name, expected, pid } = JSON.parse(Buffer.concat(chunks).toString());
console.log(`${time} ${group}:${name} (pid ${pid}) ended${expected ? '' : ', which was not expected'}`);
