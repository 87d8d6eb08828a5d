import { isRecord } from '../json.ts';
import { callTool, pause, type Reply, type Step, say, think } from '../script.ts';
import type { ChatCall } from './chat-request.ts';
import { type ChatMessage, type ChatRequest, textOf } from './chat-request.ts';
import { exampleOf } from './example-value.ts';

/**
 * The model of the demo: a handful of rules that play an agent well enough to try a client on. It explains itself,
 * calls a harmless tool of those it is offered when asked to look at something, and tells what came back.
 */
export function scriptedAgent({ body }: ChatCall): Reply {
  const format = body.response_format;
  if (isRecord(format) && format.type === 'json_schema' && isRecord(format.json_schema)) {
    return [say(JSON.stringify(exampleOf(format.json_schema.schema, 'A scripted demo')))];
  }
  const wish = wishOf(body.messages);
  const isAsked = body.messages.at(-1)?.role === 'user';
  if (isAsked && wish.length > 1000 && /summar/i.test(wish)) return [say(conversationSummary(body))];
  const results = resultsSinceLastAnswer(body.messages);
  if (results.length > 0)
    return [think('The tools have answered. I say what came back.'), breath, say(reportOn(results))];

  const calls = planCalls(wish, body);
  if (calls.length > 0) {
    return [
      think('The user wants to see something. An offered tool can show it.'),
      breath,
      say(announce(calls)),
      ...calls,
    ];
  }
  return [
    think('The user has written to me. I am a script, so I explain what this is.'),
    breath,
    say(introduction(body)),
  ];
}

/** Between thinking and speaking, so that a person watching can tell one from the other. */
const breath = pause(250);

interface ToolResult {
  readonly tool: string;
  readonly text: string;
}

/** The results that stand behind the last assistant message; pictures among them may follow as a user message. */
function resultsSinceLastAnswer(messages: readonly ChatMessage[]): readonly ToolResult[] {
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  const calls = messages[last]?.tool_calls ?? [];
  const nameOf = (id: string | undefined) => calls.find((call) => call.id === id)?.function.name ?? 'A tool';
  return messages
    .slice(last + 1)
    .filter((message) => message.role === 'tool')
    .map((message) => ({ tool: nameOf(message.tool_call_id), text: textOf(message) }));
}

/** What the user wrote last, without the reminders that clients wrap around it. */
function wishOf(messages: readonly ChatMessage[]): string {
  const written = messages
    .filter((message) => message.role === 'user')
    .map((message) =>
      textOf(message)
        .replace(/<(system-reminder|command-[a-z]+|local-command-[a-z]+)>[\s\S]*?<\/\1>/g, '')
        .trim(),
    );
  return written.findLast((text) => text !== '') ?? '';
}

/** Only commands that look and change nothing; never text of the user's. */
const commands: readonly { readonly asked: RegExp; readonly command: string; readonly description: string }[] = [
  { asked: /\b(date|time|today)\b/i, command: 'date', description: 'Show the date' },
  { asked: /\bgit\b/i, command: 'git status --short --branch', description: 'Show the state of the repository' },
  { asked: /\b(where|pwd|working directory)\b/i, command: 'pwd', description: 'Show the working directory' },
  {
    asked: /\b(run|execute|command|shell|bash|ls|list|files?|folder|directory)\b/i,
    command: 'ls',
    description: 'List the files',
  },
];

function planCalls(wish: string, body: ChatRequest): readonly Extract<Step, { type: 'call-tool' }>[] {
  const offered = new Map((body.tools ?? []).map((tool) => [tool.function.name, tool.function.parameters]));
  const calls: Extract<Step, { type: 'call-tool' }>[] = [];
  const reads = /\b(read|open|show|cat|look at)\b/i.test(wish);
  const file = /[\w./~-]*\w\.[A-Za-z]\w{0,5}\b/.exec(wish)?.[0] ?? 'README.md';
  const command = commands.find(({ asked }) => asked.test(wish));
  if (offered.has('Bash') && command !== undefined) {
    calls.push(callTool('Bash', { command: command.command, description: command.description }));
  } else if (offered.has('Glob') && /\b(list|find|files?|folder|directory)\b/i.test(wish)) {
    calls.push(callTool('Glob', { pattern: '*' }));
  }
  if (offered.has('Read') && reads) calls.push(callTool('Read', { file_path: absolute(file, body.messages) }));
  if (calls.length > 0) return calls;
  // A tool of somebody's own: `get_weather` is meant by "What is the weather?".
  for (const [name, parameters] of offered) {
    const words = name.split(/[_-]|(?<=[a-z])(?=[A-Z])/).filter((word) => word.length > 3);
    if (isClientTool(name) || !words.some((word) => wish.toLowerCase().includes(word.toLowerCase()))) continue;
    const value = exampleOf(parameters ?? {}, lastWord(wish));
    return [callTool(name, isRecord(value) ? value : {})];
  }
  return [];
}

/** Claude Code's own tools are called by the rules above or not at all: some of them change things. */
function isClientTool(name: string): boolean {
  return /^[A-Z]/.test(name) || name.startsWith('mcp__');
}

/** Claude Code reads absolute paths only, and says in its system text where it works. */
function absolute(file: string, messages: readonly ChatMessage[]): string {
  if (file.startsWith('/') || file.startsWith('~')) return file;
  for (const message of messages) {
    const folder = /working directory:\s*(\/[^\s<]*)/i.exec(textOf(message))?.[1];
    if (folder !== undefined) return `${folder.replace(/\/$/, '')}/${file.replace(/^\.\//, '')}`;
  }
  return file;
}

function lastWord(wish: string): string {
  return wish.match(/[\p{L}\p{N}]+/gu)?.at(-1) ?? 'demo';
}

function announce(calls: readonly Extract<Step, { type: 'call-tool' }>[]): string {
  const names = calls.map((call) => call.name).join(' and ');
  return calls.length === 1 ? `Let me look, with the tool ${names}.` : `Let me look, with ${names} at the same time.`;
}

function reportOn(results: readonly ToolResult[]): string {
  const reports = results.map(({ tool, text }) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (text.startsWith('[tool error]')) return `${tool} did not work: ${lines.join(' ').slice(13, 300)}`;
    if (lines.length === 0) return `${tool} came back with nothing to show.`;
    const shown = lines.slice(0, 8).map((line) => line.slice(0, 120));
    const rest = lines.length > shown.length ? `\n… and ${lines.length - shown.length} lines more` : '';
    return `${tool} answered:\n\n\`\`\`\n${shown.join('\n')}${rest}\n\`\`\``;
  });
  const closing = 'A real model would now think about this; the script of this demo ends here.';
  return [...reports, closing].join('\n\n');
}

function conversationSummary({ messages }: ChatRequest): string {
  const wishes = messages.filter((message) => message.role === 'user').length;
  return `<summary>\nA demonstration with a scripted model: ${messages.length} messages so far, ${wishes} of them from the user. Nothing is left to do.\n</summary>`;
}

function introduction(body: ChatRequest): string {
  const tools = body.tools?.length ?? 0;
  return [
    'Hello! I am no real model: this is the demo of claude-code-proxy, and a short script plays my part. All the rest is real.',
    `Your client spoke Anthropic's Messages API. The proxy made an OpenAI Chat Completions request of it, for the model ${body.model}, with ${count(tools, 'tool')} and ${count(body.messages.length, 'message')}. The answer came back as a stream, and was translated while it came.`,
    tools > 0
      ? 'Ask me to "list the files", to "read README.md", or for both at once, and I will call real tools.'
      : '',
    'To talk to a real model, set OPENAI_API_KEY in .env and run npm start.',
  ]
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
