import { notesOf, type VariableName, type VariableNotes, variableNames } from './schema.ts';

const groups: readonly VariableNotes['group'][] = [
  'Keys',
  'Models',
  'Upstream hosts',
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
    parts.push(`## ${group}\n\n| variable | default | meaning | example |\n| --- | --- | --- | --- |`);
    parts.push(`${variables.map(tableRow).join('\n')}\n`);
  }
  parts.push(`## Which model answers

1. A prefix, \`openai/…\`, \`gemini/…\`, \`vertex/…\` or \`anthropic/…\`, chooses the provider; the rest of the name is sent
   as it stands. To send a name that itself begins so (as OpenRouter's do), write the prefix twice: \`openai/openai/gpt-4o\`.
2. A bare \`gpt-*\`, \`chatgpt-*\`, \`o1*\`, \`o3*\`, \`o4*\` goes to OpenAI, a bare \`gemini-*\` to Gemini (to Vertex AI with
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
    for (const name of variables) {
      const { example, secret } = notesOf(name);
      if (name === 'OPENAI_API_KEY') parts.push(`${name}=`);
      else parts.push(secret === true ? `# ${name}=` : `# ${name}=${example}`);
    }
    parts.push('');
  }
  return parts.join('\n');
}

/** One line a variable for `--help`. */
export function variableList(): string {
  const lines = [];
  for (const { variables } of variablesByGroup()) {
    for (const name of variables) {
      const notes = notesOf(name);
      const fallback = notes.default ?? notes.defaultNote?.replaceAll('`', '');
      lines.push(`  ${name.padEnd(24)}${fallback ?? ''}`.trimEnd());
    }
  }
  return lines.join('\n');
}
