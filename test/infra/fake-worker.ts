// Stands in for a worker: ready at once, and ends when it is told to.
console.log(`${process.env.TEMPORAL_ADDRESS} ${process.env.S3_ENDPOINT} ${process.env.S3_BUCKET}`);
console.log('ready');
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 60_000);
