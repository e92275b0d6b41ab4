import { createServer } from 'node:http';

let count = 0;

const server = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (text) => console.log(text));
  request.on('end', () => {
    count += 1;
    response.end();
  });
});

server.listen(4318, '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => console.log(`all ${count} measurements are kept`));
});
