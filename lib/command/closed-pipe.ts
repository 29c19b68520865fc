/** For scripts whose output is piped into `head`: ends without a stack trace when the reader closes the pipe. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
