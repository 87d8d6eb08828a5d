import { describe, expect, test } from 'bun:test';
import { configPage, exampleFile, variableList } from './describe.ts';
import { parseDotenv } from './dotenv.ts';
import { loadConfig } from './load.ts';
import { notesOf, variableNames } from './schema.ts';
import { baseUrlVariableOf, keyVariableOf, serverNames } from './servers.ts';

describe('what is generated from the schema is up to date (UPDATE=1 rewrites it)', () => {
  const pages: readonly [path: string, write: () => string][] = [
    ['docs/config.md', configPage],
    ['.env.example', exampleFile],
  ];
  test.each(pages)('%s', async (path, write) => {
    const file = Bun.file(new URL(`../../${path}`, import.meta.url));
    if (process.env.UPDATE === '1') await file.write(write());
    expect(await file.text()).toBe(write());
  });
});

test('every variable stands in the page, in the example file and in the help', () => {
  for (const name of variableNames) {
    expect(configPage()).toContain(`| \`${name}\` |`);
    expect(exampleFile()).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
    expect(variableList()).toMatch(new RegExp(`^  ${name}(  .*)?$`, 'm'));
  }
});

test('every server has its name, key and address in the page, and a line for each in the example file', () => {
  for (const name of serverNames) {
    const variables = [keyVariableOf(name), baseUrlVariableOf(name)];
    expect(configPage()).toContain(`| \`${name}/…\` | ${variables.map((variable) => `\`${variable}\``).join(' | ')} |`);
    for (const variable of variables) expect(exampleFile()).toMatch(new RegExp(`^# ${variable}=`, 'm'));
    expect(variableList()).toContain(name.toUpperCase());
  }
});

test('the example file can be used as it stands, and sets nothing', () => {
  expect(loadConfig({ env: {}, dotenv: exampleFile() })).toEqual(loadConfig({ env: {} }));
});

test('every example would be accepted', () => {
  const examples = variableNames.map((name) => `${name}='${notesOf(name).secret ? 'key' : notesOf(name).example}'`);
  const dotenv = examples.join('\n');
  expect(parseDotenv(dotenv).values.size).toBe(variableNames.length);
  expect(loadConfig({ env: {}, dotenv })).toHaveProperty('config');
});
