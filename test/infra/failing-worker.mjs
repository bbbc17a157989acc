// Stands in for a worker that can't start.
console.error('no luck today');
process.exit(3);
