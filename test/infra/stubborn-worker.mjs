// Stands in for a worker that is inside something long when it is told to end.
process.on('SIGTERM', () => console.log('told to end'));
console.log('ready');
setInterval(() => {}, 60_000);
