import { connect } from 'node:net';

const database = connect(5432, '127.0.0.1');

database.on('connect', () => console.log('the database is there'));

database.on('error', (error) => {
  console.error(`cannot reach the database: ${error.message}`);
  process.exit(3);
});
