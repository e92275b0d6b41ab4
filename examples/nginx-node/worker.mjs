console.log(`worker: started as pid ${process.pid}`);

setInterval(() => console.log('worker: the queue is empty'), 10_000);
