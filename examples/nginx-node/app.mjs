import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.end(`Hello from the application: you asked for ${request.url}\n`);
});

server.listen(3000, '127.0.0.1', () => console.log('app: ready'));

// Requests that are being answered are answered; then the process ends by itself.
process.once('SIGTERM', () => {
  server.close(() => console.log('app: closed'));
  server.closeIdleConnections();
});
