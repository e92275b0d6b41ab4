import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { PORT, SUPERVISOR_PROCESS_NAME: name } = process.env;

let isReady = false;

const server = createServer((request, response) => {
  if (request.url === '/health') response.end();
  else if (request.url === '/ready') response.writeHead(isReady ? 200 : 503).end();
  else response.end(`Hello from ${name}: you asked for ${request.url}\n`);
});

server.listen(PORT, '127.0.0.1');

// Requests that are being answered are answered; then the process ends by itself.
process.once('SIGTERM', () => {
  server.close(() => console.log('closed'));
  server.closeIdleConnections();
});

// Yours fills a cache, connects to a database …
await sleep(1000);
isReady = true;
console.log('the cache is filled');
