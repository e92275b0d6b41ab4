import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8080);

const server = createServer((request, response) => {
  console.log(`web: ${request.method} ${request.url}`);
  response.end('Hello from a program that initvisor keeps running.\n');
});

server.listen(port, '127.0.0.1', () => console.log(`web: listening on http://127.0.0.1:${server.address().port}`));
