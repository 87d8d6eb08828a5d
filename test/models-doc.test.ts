import { expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { loadConfig } from '../src/config/load.ts';
import { planTarget } from '../src/routing/plan-target.ts';
import { overridesSchemaText, propertyTable } from './models-doc.ts';

const docs = join(import.meta.dir, '..', 'docs');
const page = join(docs, 'models.md');
const schema = join(docs, 'model-overrides.schema.json');
const generated = /(<!-- properties: .* -->\n)[\s\S]*(<!-- end -->)/;

test('the page and the JSON Schema tell the properties that there are (UPDATE=1 rewrites them)', () => {
  const text = readFileSync(page, 'utf8');
  const wanted = text.replace(generated, (_, start: string, end: string) => `${start}\n${propertyTable()}\n\n${end}`);
  if (process.env.UPDATE === '1') {
    writeFileSync(page, wanted);
    writeFileSync(schema, overridesSchemaText());
  }
  expect(readFileSync(page, 'utf8')).toBe(wanted);
  expect(readFileSync(schema, 'utf8')).toBe(overridesSchemaText());
});

test('the example of the page does what it says', () => {
  const example = /```json\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '';
  const isValid = new Ajv2020().compile(JSON.parse(readFileSync(schema, 'utf8')));
  expect([isValid(JSON.parse(example)), isValid({ m: { windows: 1 } })]).toEqual([true, false]);

  const env = { MODEL_OVERRIDES: 'models.json', GROQ_API_KEY: 'key' };
  const loaded = loadConfig({ env, readFile: () => example });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const known = (model: string) => planTarget(model, loaded.config).known;
  expect(known('openai/my-deployment')).toMatchObject({ name: 'gpt-5.2', traits: { maxInputTokens: 272_000 } });
  expect(known('qwen3:8b')?.traits).toMatchObject({ contextWindow: 32_768, maxOutputTokens: 8_192 });
  expect(known('groq/openai/gpt-oss-120b')?.prices).toEqual([{ rates: { input: 0.15, output: 0.6 } }]);
  expect(known('gpt-4.1')?.traits.contextWindow).toBe(1_047_576);
});
