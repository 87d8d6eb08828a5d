import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { cpus, homedir, release, totalmem } from 'node:os';
import { join } from 'node:path';

const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claude-code-proxy', 'nginx');

/** Lines that say what the numbers were measured on. */
export function describeMachine(nginx: string): string[] {
  const cores = cpus();
  const nginxVersion = output([nginx, '-v'])
    .replace(/^.*nginx\//s, '')
    .trim();
  return [
    `${cores[0]?.model ?? 'unknown processor'}, ${cores.length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `Linux ${release()}${distribution()}`,
    `Bun ${Bun.version}, nginx ${nginxVersion}, TCP congestion control ${congestionControl()}`,
  ];
}

/** BBR paces on loopback too: on a busy machine it can hold connections still for a second. */
function congestionControl(): string {
  const path = '/proc/sys/net/ipv4/tcp_congestion_control';
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : 'unknown';
}

function distribution(): string {
  const name = existsSync('/etc/os-release')
    ? /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    : undefined;
  return name === undefined ? '' : `, ${name}`;
}

/** Stops with one clear line where the measurements cannot be made. */
export function requireLinux(): void {
  const problem =
    process.platform !== 'linux'
      ? 'The benchmark reads processor time and memory from /proc and needs Linux.'
      : Bun.which('taskset') === null
        ? 'The benchmark needs taskset (package util-linux).'
        : cpus().length < 2
          ? 'The benchmark needs two cores: one for what is measured, one for its load.'
          : openFilesProblem();
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}

function openFilesProblem(): string | undefined {
  const hard = output(['sh', '-c', 'ulimit -Hn']).trim();
  if (hard === 'unlimited' || Number(hard) >= 8192) return undefined;
  return `2,000 open streams need 8,192 file descriptors, and the hard limit is ${hard}: raise it (ulimit -Hn).`;
}

/**
 * The nginx on the machine or, on Debian and its children, its package's program unpacked into the cache folder: that
 * neither installs nor starts a web server on somebody's machine.
 */
export function findNginx(): string {
  const unpacked = join(cacheFolder, 'usr', 'sbin', 'nginx');
  const found = [Bun.which('nginx'), '/usr/sbin/nginx', unpacked].find((path) => path !== null && existsSync(path));
  if (found) return found;
  if (Bun.which('apt-get') !== null && Bun.which('dpkg') !== null) {
    console.log('nginx is missing: unpacking its Debian package into', cacheFolder);
    mkdirSync(cacheFolder, { recursive: true });
    const download = 'apt-get download -qq nginx';
    output([
      'sh',
      '-c',
      `cd "$0" && { ${download} || { apt-get update -qq && ${download}; }; } && dpkg -x nginx_*.deb .`,
      cacheFolder,
    ]);
    if (existsSync(unpacked) && output([unpacked, '-v']).includes('nginx/')) return unpacked;
  }
  console.error('The benchmark compares with nginx: install it (Debian: apt-get install nginx-light) and start again.');
  process.exit(1);
}

function output(command: string[]): string {
  const { stdout, stderr } = Bun.spawnSync(command);
  return stdout.toString() + stderr.toString();
}
