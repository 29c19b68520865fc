/** For scripts whose output is piped into `head`: a reader that has read enough ends them, without a stack. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
