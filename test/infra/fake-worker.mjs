// Stands in for a worker: it is ready at once and ends on SIGTERM.
const { TEMPORAL_ADDRESS, S3_ENDPOINT, S3_BUCKET, STAGED_STUDY_OBJECTS_URL } = process.env;
console.log(`${TEMPORAL_ADDRESS} ${S3_ENDPOINT} ${S3_BUCKET} ${STAGED_STUDY_OBJECTS_URL}`);
console.log('ready');
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 60_000);
