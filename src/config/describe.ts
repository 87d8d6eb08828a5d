import { notesOf, type VariableName, type VariableNotes, variableNames } from './schema.ts';
import { baseUrlVariableOf, keyVariableOf, placeOf, serverNames } from './servers.ts';

const groups: readonly VariableNotes['group'][] = [
  'Keys',
  'Models',
  'Upstream hosts',
  'Servers by name',
  'Vertex AI',
  'The web',
  'Listening',
  'Behaviour',
];

function* variablesByGroup(): Generator<{ group: string; variables: readonly VariableName[] }> {
  for (const group of groups) yield { group, variables: variableNames.filter((name) => notesOf(name).group === group) };
}

/** The text of docs/config.md. */
export function configPage(): string {
  const parts = [
    `# Configuration

<!-- Generated from src/config/schema.ts: change it there, then run UPDATE=1 npm test -- src/config -->

Set these variables in the environment or in a file \`.env\` in the directory you start the proxy in; the environment
wins. An empty value counts as not set. A value the proxy cannot use stops the start, with one line for each problem.
Keys are never logged.

In \`.env\`, write \`NAME=value\`, one a line. \`#\` begins a comment at the start of a line or after a space. Values may
stand in single quotes (taken as they are) or double quotes (with \`\\n\`, \`\\"\` and \`\\\\\`), also over several lines.
\`$NAME\` is not expanded. Switches take \`true\` or \`false\` (also \`1\`, \`0\`, \`yes\`, \`no\`, \`on\`, \`off\`).
`,
  ];
  for (const { group, variables } of variablesByGroup()) {
    parts.push(`## ${group}\n`);
    if (group === 'Servers by name') parts.push(serverTable());
    parts.push(`| variable | default | meaning | example |\n| --- | --- | --- | --- |`);
    parts.push(`${variables.map(tableRow).join('\n')}\n`);
  }
  parts.push(`## Which model answers

1. A prefix, \`openai/…\`, \`gemini/…\`, \`vertex/…\`, \`anthropic/…\` or the name of a server that is set up (\`groq/…\`),
   chooses where the request goes; the rest of the name is sent as it stands. To send a name that itself begins so (as
   OpenRouter's do), put the prefix in front of it: \`openai/openai/gpt-4o\`, \`openrouter/openai/gpt-4o\`.
2. A bare \`gpt-*\`, \`chatgpt-*\`, \`o1*\`, \`o3*\`, \`o4*\` goes to OpenAI, or to the server that \`PREFERRED_PROVIDER\` names;
   a bare \`gemini-*\` to Gemini (to Vertex AI with
   \`USE_VERTEX_AUTH=true\`).
3. A Claude name becomes what its tier is set to: haiku \`HAIKU_MODEL\` or \`SMALL_MODEL\`; opus and sonnet \`OPUS_MODEL\` or
   \`SONNET_MODEL\`, else \`BIG_MODEL\`; any other \`claude-*\` \`BIG_MODEL\`. With \`PREFERRED_PROVIDER=anthropic\` only
   \`OPUS_MODEL\`, \`SONNET_MODEL\` and \`HAIKU_MODEL\` count, and every other Claude name goes through as it is.
4. Any other name (\`llama3.3\`, \`qwen/qwen3\`, \`deepseek-chat\`) goes to the preferred provider as it stands.

A mark in brackets at the end of a name, such as \`[1m]\`, is left out. With \`PREFERRED_PROVIDER=google\`, a \`BIG_MODEL\` or
\`SMALL_MODEL\` that is no Gemini model goes to OpenAI. The table at the start shows what each tier became, and every
answer says in \`x-proxy-model\` and \`x-proxy-route\` which model gave it and why.
`);
  parts.push(`## Credentials for Vertex AI

Which kinds there are, and where they are looked for, stands in [google.md](google.md). Google's library reads some
variables of its own (\`GCE_METADATA_HOST\`, \`METADATA_SERVER_DETECTION\`,
\`GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES\`); these must stand in the environment, not in \`.env\`. Behind an HTTP proxy
(\`HTTPS_PROXY\`) on Google Cloud, put \`169.254.169.254,metadata.google.internal\` into \`NO_PROXY\`.
`);
  return parts.join('\n');
}

function serverTable(): string {
  const rows = serverNames.map((name) => {
    const { title, baseUrl } = placeOf(name);
    const address = baseUrl === undefined ? 'none' : `\`${baseUrl}\``;
    return `| ${title} | \`${name}/…\` | \`${keyVariableOf(name)}\` | \`${baseUrlVariableOf(name)}\` | ${address} |`;
  });
  return `Each of these can be used beside the others. A server is set up by its key or by its address; a local one (Ollama, LM Studio,
llama.cpp, vLLM, SGLang) also by being named in \`BIG_MODEL\` and its like while \`OPENAI_BASE_URL\` is not set. Only then is its name
a prefix; otherwise what begins so is a model of the preferred provider's, as \`deepseek/deepseek-chat\` is one of
OpenRouter's. A key goes to its own server and nowhere else. [providers.md](providers.md) has a recipe for each.

| server | models | key | address | default address |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function tableRow(name: VariableName): string {
  const { description, example, ...notes } = notesOf(name);
  const fallback = notes.default === undefined ? (notes.defaultNote ?? '–') : `\`${notes.default}\``;
  return `| \`${name}\` | ${fallback} | ${description} | \`${example}\` |`;
}

/** The text of .env.example: works as it stands once a key is filled in. */
export function exampleFile(): string {
  const parts = [
    `# Copy to .env and fill in what you need. Every line is explained in docs/config.md.
# (Generated from src/config/schema.ts.)
`,
  ];
  for (const { group, variables } of variablesByGroup()) {
    parts.push(`# --- ${group} ---`);
    if (group === 'Servers by name') {
      for (const name of serverNames) {
        parts.push(
          `# ${keyVariableOf(name)}=`,
          `# ${baseUrlVariableOf(name)}=${placeOf(name).baseUrl ?? azureExample}`,
        );
      }
    }
    for (const name of variables) {
      const { example, secret } = notesOf(name);
      if (name === 'OPENAI_API_KEY') parts.push(`${name}=`);
      else parts.push(secret === true ? `# ${name}=` : `# ${name}=${example}`);
    }
    parts.push('');
  }
  return parts.join('\n');
}

const azureExample = 'https://my-resource.openai.azure.com';

/** One line a variable for `--help`; the servers by name, which have two each, are told in one. */
export function variableList(): string {
  const lines = [];
  const width = Math.max(...variableNames.map((name) => name.length)) + 2;
  for (const { variables } of variablesByGroup()) {
    for (const name of variables) {
      const notes = notesOf(name);
      const fallback = notes.default ?? notes.defaultNote?.replaceAll('`', '');
      lines.push(`  ${name.padEnd(width)}${fallback ?? ''}`.trimEnd());
    }
  }
  lines.push('', '  <SERVER>_API_KEY and <SERVER>_BASE_URL of the servers by name:', ...wrapped(serverNames));
  return lines.join('\n');
}

function wrapped(words: readonly string[]): string[] {
  const half = Math.ceil(words.length / 2);
  return [words.slice(0, half), words.slice(half)].map(
    (line) => `  ${line.map((word) => word.toUpperCase()).join(', ')}`,
  );
}
