type Level = 'info' | 'warn' | 'error';
type Fields = Readonly<Record<string, unknown>>;

/** One event of the process. Fields are for programs that search, the message is for people. */
export type Log = (level: Level, message: string, fields?: Fields) => void;

/** A line of JSON for each; errors with their causes. */
export function jsonLog(write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    const shown = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? errorText(value) : value]),
    );
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...shown })}\n`);
  };
}

/** `ClusterUnreachable: … (caused by Error: …)`; the stack only of what has no name of ours. */
function errorText(error: Error): string {
  const own = error.name === 'Error' || error.name === 'TypeError' ? (error.stack ?? error.message) : `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own} (caused by ${errorText(error.cause)})` : own;
}
