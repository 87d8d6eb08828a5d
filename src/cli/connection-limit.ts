const variable = 'BUN_CONFIG_MAX_HTTP_REQUESTS';

/**
 * Bun's fetch opens at most 256 connections at a time unless this variable is set before the process begins: the
 * 257th stream would wait in silence until another one ends. So where it is not set, the process begins anew with it,
 * as the same process to whoever started it. Costs about 10 ms. Windows cannot do that and keeps the limit.
 */
export function restartWithoutConnectionLimit(): void {
  if (process.env[variable] || process.platform === 'win32' || process.execve === undefined) return;
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, [variable]: '65535' });
}
