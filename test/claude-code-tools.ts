// Tools in the shapes that Claude Code declares, with made-up words: every keyword it uses is here somewhere.

const $schema = 'https://json-schema.org/draft/2020-12/schema';
const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });
const flag = (description: string) => ({ type: 'boolean', description });
const positive = (description: string) => ({
  type: 'integer',
  exclusiveMinimum: 0,
  maximum: 9_007_199_254_740_991,
  description,
});
/** As long as real ones are. */
const filler = (subject: string) => `${subject} in the project the agent works on. `.repeat(12).trim();

const tool = (name: string, properties: object, required: readonly string[] = [], more: object = {}) => ({
  name,
  description: filler(name),
  input_schema: { $schema, type: 'object', properties, required, additionalProperties: false, ...more },
});

const option = {
  type: 'object',
  properties: { label: text('What is shown.'), description: text('What it means.') },
  required: ['label', 'description'],
  additionalProperties: false,
};
const question = {
  type: 'object',
  properties: {
    question: text('What is asked.'),
    header: text('A short label.', { maxLength: 12 }),
    options: { type: 'array', items: option, minItems: 2, maxItems: 4, description: 'The choices.' },
    multiSelect: { type: 'boolean', default: false },
  },
  required: ['question', 'header', 'options', 'multiSelect'],
  additionalProperties: false,
};
const state = {
  anyOf: [
    { type: 'string', enum: ['pending', 'in_progress', 'completed'] },
    { type: 'string', const: 'deleted' },
  ],
};

export const claudeCodeTools = [
  tool(
    'Agent',
    {
      description: text('The task in short.'),
      prompt: text('The whole task.'),
      isolation: { type: 'string', enum: ['worktree'] },
      model: { type: 'string', enum: ['a', 'b', 'c'] },
    },
    ['description', 'prompt'],
  ),
  tool(
    'TaskOutput',
    {
      task_id: text('Which.'),
      block: { default: true, ...flag('Wait.') },
      timeout: { default: 30_000, type: 'number', minimum: 0, maximum: 600_000, description: 'Milliseconds.' },
    },
    ['task_id'],
  ),
  tool(
    'Bash',
    {
      command: text('What to run.'),
      timeout: { type: 'number', description: 'Milliseconds.' },
      run_in_background: flag('Do not wait.'),
    },
    ['command'],
  ),
  tool('Glob', { pattern: text('Which files.'), path: text('Where.') }, ['pattern']),
  tool(
    'Grep',
    {
      pattern: text('What to find.'),
      '-A': { type: 'number' },
      '-i': flag('Any letter case.'),
      output_mode: { type: 'string', enum: ['content', 'files', 'count'] },
    },
    ['pattern'],
  ),
  tool(
    'ExitPlanMode',
    {
      allowedPrompts: {
        type: 'array',
        items: {
          type: 'object',
          properties: { tool: { type: 'string', enum: ['Bash'] }, prompt: text('What.') },
          required: ['tool', 'prompt'],
          additionalProperties: false,
        },
      },
    },
    [],
    { additionalProperties: {} },
  ),
  tool(
    'Read',
    {
      file_path: text('Which file.'),
      offset: { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 },
      limit: positive('How many lines.'),
      pages: text('Which pages.'),
    },
    ['file_path'],
  ),
  tool(
    'Edit',
    {
      file_path: text('Which file.'),
      old_string: text('What.'),
      new_string: text('By what.'),
      replace_all: { default: false, ...flag('All of them.') },
    },
    ['file_path', 'old_string', 'new_string'],
  ),
  tool('Write', { file_path: text('Which file.'), content: text('All of it.') }, ['file_path', 'content']),
  tool(
    'NotebookEdit',
    {
      notebook_path: text('Which.'),
      cell_id: text('Where.'),
      cell_type: { type: 'string', enum: ['code', 'markdown'] },
    },
    ['notebook_path'],
  ),
  tool(
    'WebFetch',
    { url: { type: 'string', format: 'uri', description: 'Which page.' }, prompt: text('What to find in it.') },
    ['url', 'prompt'],
  ),
  tool(
    'WebSearch',
    { query: text('What to search.', { minLength: 2 }), allowed_domains: { type: 'array', items: { type: 'string' } } },
    ['query'],
  ),
  tool(
    'TaskCreate',
    {
      subject: text('What.'),
      metadata: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: {}, description: 'More.' },
    },
    ['subject'],
  ),
  tool(
    'TaskUpdate',
    {
      taskId: text('Which.'),
      status: state,
      addBlocks: { type: 'array', items: { type: 'string' } },
      metadata: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} },
    },
    ['taskId'],
  ),
  tool('TaskList', {}),
  tool('TaskGet', { taskId: text('Which.') }, ['taskId']),
  tool(
    'AskUserQuestion',
    {
      questions: { type: 'array', items: question, minItems: 1, maxItems: 4 },
      answers: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'string' } },
    },
    ['questions'],
  ),
  tool('Skill', { skill: text('Which.'), args: text('With what.') }, ['skill']),
  tool('EnterPlanMode', {}),
  tool('KillTask', { task_id: text('Which.') }),
  tool(
    'CronCreate',
    {
      cron: text('When.', { pattern: '^(\\S+\\s+){4}\\S+$' }),
      prompt: text('What.', { maxLength: 524_288 }),
      recurring: flag('Again and again.'),
    },
    ['cron', 'prompt'],
  ),
  tool(
    'SendMessage',
    {
      to: text('To whom.'),
      message: {
        anyOf: [
          text('In words.'),
          {
            type: 'object',
            properties: { type: { type: 'string', const: 'shutdown' }, reason: text('Why.') },
            required: ['type'],
            additionalProperties: false,
          },
        ],
      },
    },
    ['to', 'message'],
  ),
  tool('Workflow', { script: text('What to run.', { maxLength: 524_288 }), args: { description: 'Anything.' } }),
  tool('EnterWorktree', { name: text('What to call it.') }),
];
