console.log('migrate: the tables are up to date');
