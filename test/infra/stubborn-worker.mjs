// Stands in for a worker that does not end on SIGTERM because it is busy.
process.on('SIGTERM', () => console.log('told to end'));
console.log('ready');
setInterval(() => {}, 60_000);
