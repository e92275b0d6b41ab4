console.log('working for two seconds');
setTimeout(() => process.exit(3), 2000);
