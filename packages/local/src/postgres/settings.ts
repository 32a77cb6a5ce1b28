/**
 * Settings given on the server's command line: nothing in the data directory has to be kept in step.
 * For a machine with two cores and some gigabytes that does other work as well.
 */
export function serverSettings(options: { port: number; durable: boolean }): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: options.port,
    // No socket file: its path would have to stay below 108 bytes, wherever the repository stands.
    unix_socket_directories: '',
    // Eight workers with their queues in it have more than two hundred.
    max_connections: 400,
    shared_buffers: '256MB',
    random_page_cost: 1.1,
    jit: 'off',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    // The ready line is recognised by its English text.
    lc_messages: 'C',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // Values of rows and statements are people's messages: they do not belong in a log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    // synchronous_commit stays on in both: a test that kills the server must find what was committed.
    ...(options.durable ? { fsync: 'on', synchronous_commit: 'on' } : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
