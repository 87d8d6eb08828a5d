// What can be checked of the container without an engine: that the files copied are the right ones and enough to run, that
// the image's own commands work on them, and that compose.yaml and the Dockerfile speak of the same thing.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import packageLock from '../package-lock.json' with { type: 'json' };
import { filesOf } from './checkout-files.ts';
import { type Instruction, parseDockerfile, readDockerignore } from './container-files.ts';

// Each case starts a process, and the machine may be busy.
setDefaultTimeout(30_000);

const root = resolve(import.meta.dir, '..');
const instructions = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const isSent = readDockerignore(readFileSync(join(root, '.dockerignore'), 'utf8'));
const sent = filesOf(root).filter(isSent);
const compose = parseCompose('compose.yaml');
const proxyKey = 'a-key-of-this-test';

let image: string;
beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'claude-code-proxy-image-'));
  for (const { from, sources, target } of copies('final')) {
    if (from !== undefined) continue;
    for (const source of sources) {
      const folder = statSync(join(root, source)).isDirectory();
      const inside = sent.filter((file) => file === source || file.startsWith(`${source}/`));
      for (const file of inside) {
        const place = join(image, target, folder ? relative(source, file) : file);
        cpSync(join(root, file), place, { recursive: true });
      }
    }
  }
  installPackages(image);
});
afterAll(() => rmSync(image, { recursive: true, force: true }));

describe('the files', () => {
  test('every file and folder that is copied exists and is sent to the builder', () => {
    const sources = [...copies('packages'), ...copies('final')].filter(({ from }) => from === undefined);
    for (const source of sources.flatMap((copy) => copy.sources)) {
      expect({ source, sent: sent.some((file) => file === source || file.startsWith(`${source}/`)) }).toEqual({
        source,
        sent: true,
      });
    }
  });

  test('nothing is sent that is not needed to run', () => {
    const elsewhere = sent.filter((file) => !file.startsWith('src/'));
    expect(elsewhere.sort()).toEqual(['LICENSE', 'package-lock.json', 'package.json']);
    expect(sent.filter((file) => file.includes('.test.'))).toEqual([]);
    for (const file of ['.env', 'src/.env', 'src/proxy.log', 'node_modules/zod/index.js', '.git/config', 'a.pem']) {
      expect({ file, sent: isSent(file) }).toEqual({ file, sent: false });
    }
  });

  test('base images have a tag, and none is a moving one', () => {
    for (const { text } of of('FROM')) {
      expect(text).toMatch(/^(?:--platform=\$BUILDPLATFORM )?[\w./-]+:(?!latest)[\w.-]+(?: AS \w+)?$/);
    }
  });

  test('the labels tell version and description of the package', () => {
    expect(of('ARG').map(({ text }) => text)).toContain(`VERSION=${packageJson.version}`);
    expect(of('LABEL')[0]?.text).toContain(`description="${packageJson.description}"`);
  });
});

describe('what the image runs', () => {
  test('it starts, answers and counts with production packages alone, and ends in order at its stop signal', async () => {
    const child = startEntry({ HOST: '127.0.0.1', PROXY_API_KEY: proxyKey, OPENAI_API_KEY: 'fake', PORT: '0' });
    try {
      const origin = await listeningAt(child);
      const counted = await fetch(new URL('/v1/messages/count_tokens', origin), {
        method: 'POST',
        headers: { 'x-api-key': proxyKey },
        body: JSON.stringify({ model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'How many tokens?' }] }),
      });
      expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) });

      expect(await healthCheck(origin.port)).toBe(0);
      expect(await healthCheck('1')).toBe(1);
    } finally {
      child.kill(signalOf(of('STOPSIGNAL')));
    }
    expect(await child.exited).toBe(0);
  });

  test('every package that the code asks for is in it, whole enough to load', async () => {
    const loader = new Bun.Transpiler({ loader: 'ts' });
    const imported = sent
      .filter((file) => file.endsWith('.ts') && file !== 'src/cli/demo.ts')
      .flatMap((file) => loader.scanImports(readFileSync(join(root, file), 'utf8')))
      .map(({ path }) => path)
      .filter((path) => !/^(?:\.|node:|bun$)/.test(path));
    expect(imported).toContain('gpt-tokenizer/encoding/o200k_base');
    const program = [...new Set(imported)].map((path) => `await import('${path}');`).join('\n');
    const child = Bun.spawn([process.execPath, '-e', program], { cwd: image, stdout: 'ignore', stderr: 'pipe' });
    expect(await child.stderr.text()).toBe('');
    expect(await child.exited).toBe(0);
  });

  test('without a PROXY_API_KEY it refuses to be open to everybody', async () => {
    const child = startEntry({ OPENAI_API_KEY: 'fake', PORT: '0' });
    expect(await child.exited).toBe(1);
    expect(await child.stderr.text()).toContain('PROXY_API_KEY');
  });

  test('the demo, which is not in it, is told where to be found', async () => {
    const child = startEntry({}, ['demo']);
    expect(await child.exited).toBe(2);
    expect(await child.stderr.text()).toContain('npm run demo');
  });

  test('its user is no root, and a number, which a cluster can check', () => {
    expect(of('USER').map(({ text }) => text)).toEqual([expect.stringMatching(/^[1-9]\d+:[1-9]\d+$/)]);
  });
});

describe('compose.yaml', () => {
  const proxy = at(compose, 'services', 'proxy');

  test('publishes the port of the image, on this machine only', () => {
    const inside = imageEnv().PORT;
    expect(at(proxy, 'ports')).toEqual([`127.0.0.1:\${PORT:-${inside}}:${inside}`]);
    expect(of('EXPOSE').map(({ text }) => text)).toEqual([String(inside)]);
    expect(at(proxy, 'environment', 'PORT')).toBe(Number(inside));
    expect(at(proxy, 'environment', 'HOST')).toBe(String(imageEnv().HOST));
  });

  test('takes every right from the container that it can do without', () => {
    expect(proxy).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      env_file: '.env',
    });
  });

  test('stops with a message where the key of the proxy is missing', () => {
    expect(at(proxy, 'environment', 'PROXY_API_KEY')).toStartWith('${PROXY_API_KEY:?');
  });

  test('asks after its health as the image does', () => {
    const [check] = of('HEALTHCHECK');
    const options = [...(check?.text.matchAll(/--([a-z-]+)=(\S+)/g) ?? [])].map(([, name, value]) => [name, value]);
    const { retries, 'start-period': start_period, ...rest } = Object.fromEntries(options);
    expect(at(proxy, 'healthcheck')).toEqual({
      ...rest,
      start_period,
      retries: Number(retries),
      test: ['CMD', ...healthCommand()],
    });
  });

  test('what is added for Vertex AI names the same service and the file it mounts', () => {
    const added = at(parseCompose('compose.vertex.yaml'), 'services', 'proxy');
    expect(at(added, 'volumes', 0, 'target')).toBe(at(added, 'environment', 'GOOGLE_APPLICATION_CREDENTIALS'));
    expect(at(added, 'volumes', 0, 'read_only')).toBe(true);
  });
});

/** The production packages of the lock file, less what the Dockerfile throws away of them. */
function installPackages(into: string): void {
  const run = of('RUN').map(({ text }) => text);
  const removed = run.flatMap((text) => /\brm -r ([^&]+)/.exec(text)?.[1]?.trim().split(/\s+/) ?? []);
  expect(removed.length).toBeGreaterThan(3);
  const endings = [...run.join('\n').matchAll(/-name '\*([^']+)' -delete/g)].map(([, ending = '']) => ending);
  const patterns = endings.map((ending) => new Bun.Glob(`**/*${ending}`));
  const production = Object.entries(packageLock.packages).filter(
    ([path, entry]) => path !== '' && !('dev' in entry) && existsSync(join(root, path)),
  );
  for (const [path] of production) {
    if (removed.some((folder) => path === folder || path.startsWith(`${folder}/`))) continue;
    cpSync(join(root, path), join(into, path), {
      recursive: true,
      filter: (source) => {
        const file = relative(root, source);
        return !removed.includes(file) && !patterns.some((pattern) => pattern.match(file));
      },
    });
  }
}

function startEntry(env: Record<string, string>, args = JSON.parse(of('CMD')[0]?.text ?? '[]')) {
  const entry: string[] = JSON.parse(of('ENTRYPOINT')[0]?.text ?? '[]');
  const workFolder = join(image, 'elsewhere');
  mkdirSync(workFolder, { recursive: true });
  return Bun.spawn([...entry.map(inImage), ...args], {
    env: { PATH: process.env.PATH ?? '', ...imageEnv(), ...env },
    cwd: workFolder,
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

function inImage(word: string): string {
  return word === 'bun' ? process.execPath : word.replace(/^\/app\//, `${image}/`);
}

async function listeningAt(child: ReturnType<typeof startEntry>): Promise<URL> {
  const decoder = new TextDecoder();
  let said = '';
  for await (const bytes of child.stdout) {
    said += decoder.decode(bytes, { stream: true });
    const port = /"url":"http:[^"]*:(\d+)"/.exec(said)?.[1];
    if (port !== undefined) return new URL(`http://127.0.0.1:${port}`);
  }
  throw new Error(`it ended: ${said}${await child.stderr.text()}`);
}

function healthCommand(): string[] {
  return JSON.parse(/ CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0]?.text ?? '')?.[1] ?? '[]');
}

function healthCheck(port: string): Promise<number> {
  const env = { PATH: process.env.PATH ?? '', ...imageEnv(), PORT: port };
  return Bun.spawn(healthCommand().map(inImage), { env, stdout: 'ignore', stderr: 'ignore' }).exited;
}

function imageEnv(): Record<string, string> {
  const pairs = of('ENV').flatMap(({ text }) => text.split(' ').map((pair) => pair.split('=')));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

function signalOf([instruction]: readonly Instruction[]): 'SIGTERM' | 'SIGINT' {
  return instruction?.text === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
}

function of(name: string): readonly Instruction[] {
  return instructions.filter((instruction) => instruction.name === name);
}

/** COPY instructions of a stage, their targets below the working folder `/app`. */
function copies(stage: 'packages' | 'final') {
  return of('COPY')
    .filter((copy) => (copy.stage === 'packages') === (stage === 'packages'))
    .map(({ text }) => {
      const words = text.split(/\s+/);
      const from = words.find((word) => word.startsWith('--from='));
      const paths = words.filter((word) => !word.startsWith('--'));
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '.' };
    });
}

function parseCompose(file: string): unknown {
  return Bun.YAML.parse(readFileSync(join(root, file), 'utf8'));
}

function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}
